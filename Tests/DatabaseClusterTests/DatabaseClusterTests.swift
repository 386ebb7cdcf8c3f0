// Tests of DatabaseCluster: to come.
