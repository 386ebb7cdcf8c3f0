// Tests of DatabaseLifecycle: to come.
