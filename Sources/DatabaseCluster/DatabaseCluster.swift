// DatabaseCluster: to come.
