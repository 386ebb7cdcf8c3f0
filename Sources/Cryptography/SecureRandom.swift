/// Bytes that nobody can guess.
package enum SecureRandom {
  /// Draws bytes from the kernel.
  ///
  /// Source: the Swift standard library, `SystemRandomNumberGenerator`: getrandom(2) on Linux.
  ///
  /// - Parameter count: How many.
  /// - Returns: New ones each time.
  package static func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 7)
    while bytes.count < count {
      withUnsafeBytes(of: generator.next() as UInt64) { bytes.append(contentsOf: $0) }
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}
