import Crypto
import Foundation

/// Encrypts the token file with a key of the user's own: ChaCha20-Poly1305 under a key made from
/// the given text by HKDF-SHA256. A changed byte, or another key, is noticed.
struct TokenSeal: Sendable {
  private let key: SymmetricKey

  init(_ secret: Secret) {
    key = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: Data(secret.reveal().utf8)),
      salt: Data("xerosync tokens".utf8), info: Data("file v2".utf8), outputByteCount: 32)
  }

  /// nil only where the machine has no randomness.
  func seal(_ plain: Data) -> Data? {
    try? ChaChaPoly.seal(plain, using: key).combined
  }

  /// nil for another key, or a file that was changed.
  func open(_ sealed: Data) -> Data? {
    guard let box = try? ChaChaPoly.SealedBox(combined: sealed) else { return nil }
    return try? ChaChaPoly.open(box, using: key)
  }
}
