// DatabaseWorkers: what a database asks to be done outside of it: jobs at a time, HTTP requests.
//
// Start at `Workers.run`: one process for a project's database. It listens for the database's word
// and reads `cron.job` (JobScheduler.swift, CronSchedule.swift) and `net.http_request_queue`
// (RequestQueue.swift) when there is something to do. `HTTPCall.swift` is the other way round: a
// session that waits for one answer.
// Never: a request or a job of a database that is not the project's own; a poll.
