// CLibpq: to come.
