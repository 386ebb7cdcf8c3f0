// RESTRequests: from the bytes of an HTTP request to what it asks of the database, as values.
//
// query, headers, body → `RESTRequest`. Start at `RESTRequest.swift`, then `QueryParameters.swift`;
// the grammars (`Filter.swift`, `LogicTree.swift`, `SelectItem.swift`, `OrderTerm.swift`) stand on
// `GrammarParser.swift`, which runs at full speed first, and a second time, taking notes, only when
// an error has to be worded. Clients see those words, so they are PostgREST v14's.
// Never: a database asked, a value of a body built, input that crashes or nests without bound.
