# Build stage: the locked dependencies, each checked against its hash, in a virtual environment without pip.
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.txt .
RUN python -m venv --without-pip /venv \
 && pip --python /venv/bin/python install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt

FROM python:3.13-slim
RUN groupadd --system --gid 10001 habits \
 && useradd --system --uid 10001 --gid habits --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin habits \
 && install -d -o habits -g habits /var/lib/habits
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/var/lib/habits
WORKDIR /app
COPY . .
# The folder has to exist first: its presence is what switches to hashed, compressed file names (config/settings/site.py).
# The key is for this one command; the real one is made in DATA_DIR when the service first starts.
RUN mkdir staticfiles \
 && SECRET_KEY=unused python manage.py collectstatic --noinput \
 && python -m compileall -q .
USER 10001:10001
# Holds SECRET_KEY where none is given.
VOLUME /var/lib/habits
EXPOSE 8000
# As many workers as processors, but two at least (one may die) and four at most (compose.yaml bounds the memory). Threads
# bound how many slow uploads it bears at once; a connection to the database goes with each.
CMD ["sh", "-c", "processors=$(nproc); exec granian --interface wsgi --host 0.0.0.0 --port 8000 --no-ws \
    --workers $((processors < 2 ? 2 : processors > 4 ? 4 : processors)) --blocking-threads 8 \
    --respawn-failed-workers --workers-kill-timeout 20 config.wsgi:application"]
