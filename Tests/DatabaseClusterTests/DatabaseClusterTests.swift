// Tests of DatabaseCluster: one image and one server for the whole run, in a temporary folder.
//
// Start at `Support.swift`. As root the server runs as another user, as it does for people.
