/// What was verified lately, by the bytes of the token; the longest unused goes first.
///
/// Its memory is bounded, both in tokens and in bytes. Nothing in it is trusted for its age: who
/// takes a token out checks the time.
struct TokenCache {
  private struct Entry {
    var hash: Int
    var token: [UInt8]
    var claims: TokenClaims
    var newer: Int
    var older: Int

    var size: Int { token.count + claims.token.claims.utf8.count }
  }

  private static let nowhere = -1

  private let mostTokens: Int
  private let mostBytes: Int
  private var entries: [Entry] = []
  /// Places of `entries` that nothing is in.
  private var free: [Int] = []
  private var places: [Int: Int] = [:]
  private var newest = nowhere
  private var oldest = nowhere
  /// Of all tokens and claims.
  private(set) var bytes = 0

  /// Makes an empty one.
  ///
  /// - Parameters:
  ///   - mostTokens: 0 keeps none.
  ///   - mostBytes: Of tokens and claims together.
  init(mostTokens: Int, mostBytes: Int) {
    self.mostTokens = mostTokens
    self.mostBytes = mostBytes
  }

  var count: Int { places.count }

  /// Finds what a token says, and makes it the newest.
  mutating func claims(of token: UnsafeBufferPointer<UInt8>) -> TokenClaims? {
    guard let place = places[hash(of: token)], entries[place].token.elementsEqual(token) else {
      return nil
    }
    unlink(place)
    link(place)
    return entries[place].claims
  }

  /// Keeps what a token says.
  mutating func keep(_ claims: TokenClaims, of token: UnsafeBufferPointer<UInt8>) {
    let hash = hash(of: token)
    if let place = places[hash] { remove(place) }
    let entry = Entry(
      hash: hash, token: Array(token), claims: claims, newer: Self.nowhere, older: Self.nowhere)
    guard mostTokens > 0, entry.size <= mostBytes else { return }
    while places.count >= mostTokens || bytes + entry.size > mostBytes { remove(oldest) }
    bytes += entry.size
    let place: Int
    if let reused = free.popLast() {
      place = reused
      entries[place] = entry
    } else {
      place = entries.count
      entries.append(entry)
    }
    places[hash] = place
    link(place)
  }

  private func hash(of token: UnsafeBufferPointer<UInt8>) -> Int {
    // Seeded by the process: nobody can choose tokens that meet.
    var hasher = Hasher()
    hasher.combine(bytes: UnsafeRawBufferPointer(token))
    return hasher.finalize()
  }

  private mutating func remove(_ place: Int) {
    unlink(place)
    bytes -= entries[place].size
    places[entries[place].hash] = nil
    entries[place].token = []
    free.append(place)
  }

  private mutating func unlink(_ place: Int) {
    let (newer, older) = (entries[place].newer, entries[place].older)
    if newer == Self.nowhere { newest = older } else { entries[newer].older = older }
    if older == Self.nowhere { oldest = newer } else { entries[older].newer = newer }
  }

  private mutating func link(_ place: Int) {
    entries[place].newer = Self.nowhere
    entries[place].older = newest
    if newest == Self.nowhere { oldest = place } else { entries[newest].newer = place }
    newest = place
  }
}
