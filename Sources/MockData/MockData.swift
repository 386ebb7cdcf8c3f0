// MockData: invented rows for any schema, and the check that no real person's data slips in.
//
// catalog + rows + seed → SQL: start at `MockGenerator.swift`. A row is tried until the schema's
// own rules accept it: `CheckExpression.swift` evaluates CHECK constraints as PostgreSQL would.
// file → what looks like real people's data: start at `PersonalDataLint.swift`.
// Never: two different files for one seed; an address or number that could belong to someone;
// a personal value repeated in a message.
