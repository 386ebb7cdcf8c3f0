// CProcess: to come.
