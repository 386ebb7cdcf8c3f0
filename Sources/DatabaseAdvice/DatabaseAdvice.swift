// DatabaseAdvice: what a database that works could do better, and what it is doing right now.
//
// rules (`AdviceRules.swift`) → findings with the migration that made each object; inspections
// (`Inspections.swift`) → tables; functions (`FunctionLint.swift`) → mistakes in their bodies.
// Never: a change to the database; all of it is read, or rolled back.
