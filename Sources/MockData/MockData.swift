// MockData: to come.
