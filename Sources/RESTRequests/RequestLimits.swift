/// What one request may ask for at most; PostgREST leaves this to the stack of its thread.
package struct RequestLimits: Hashable, Sendable {
  /// How deep embeds, and how deep logic trees may nest.
  package var nesting: Int
  /// How many embeds one `select` may have, all levels together.
  package var embeds: Int
  /// How many filters and trees the query may have, counted by their keys.
  package var filters: Int
  /// How deep the JSON of a body may nest; PostgreSQL's own reader stops at its stack.
  package var jsonNesting: Int

  package init(
    nesting: Int = 64, embeds: Int = 256, filters: Int = 2000, jsonNesting: Int = 5000
  ) {
    self.nesting = nesting
    self.embeds = embeds
    self.filters = filters
    self.jsonNesting = jsonNesting
  }
}
