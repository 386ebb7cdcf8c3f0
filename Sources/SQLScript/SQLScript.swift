// SQLScript: to come.
