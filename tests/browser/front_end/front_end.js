// The least that a front end does: tokens that a person's tabs share, and calls to the service of `?service=`.

const service = new URLSearchParams(location.search).get("service");

const tokens = {
  read: () => JSON.parse(localStorage.getItem("tokens") ?? "{}"),
  write: (more) => localStorage.setItem("tokens", JSON.stringify({ ...tokens.read(), ...more })),
};

// `headers` are those of the answer that the browser shows to this origin; "refused" where it shows nothing.
async function call(method, path, body, headers = {}) {
  const { access_token } = tokens.read();
  try {
    const response = await fetch(service + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(access_token ? { Authorization: `Bearer ${access_token}` } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text ? JSON.parse(text) : null,
      headers: Object.fromEntries(response.headers),
    };
  } catch (error) {
    if (error instanceof TypeError) return "refused";
    throw error;
  }
}

async function signUp(email) {
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const body = { email, password: "quiet-river-42", timezone };
  const answer = await call("POST", "/api/auth/app/v1/auth/signup", body);
  if (answer.status === 200) tokens.write(answer.body.meta);
  return answer;
}

async function refresh() {
  const { refresh_token } = tokens.read();
  const answer = await call("POST", "/api/auth/app/v1/tokens/refresh", { refresh_token });
  if (answer.status === 200) tokens.write(answer.body.data);
  return answer;
}
