"""What every face of the service shares: errors, strict schemas, pages, problem documents. Floor 0: imports no room."""
