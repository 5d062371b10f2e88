package import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Foundation's error codes as measured on Linux. What is not listed may have arrived.
package enum LiveError {
  /// The certificate is checked before the first byte of a request, but the code is the same as
  /// for a truncated answer (-1): only libcurl's words tell them apart.
  private static let certificateWords = [
    "SSL certificate problem", "SSL: no alternative certificate", "SSL: certificate subject name",
  ]

  /// What an error of URLSession says about the request.
  package static func failure(_ error: NSError) -> HTTPFailure {
    guard error.domain == NSURLErrorDomain else {
      return .interrupted("the connection failed")
    }
    let number = "(\(error.code))"
    let words = error.localizedDescription
    if certificateWords.contains(where: { words.hasPrefix($0) }) {
      return .notSent("the server's certificate is not valid \(number)")
    }
    switch error.code {
    case NSURLErrorCannotConnectToHost: return .notSent("the connection was refused \(number)")
    case NSURLErrorCannotFindHost, NSURLErrorDNSLookupFailed:
      return .notSent("the host name is not known \(number)")
    case NSURLErrorNotConnectedToInternet: return .notSent("there is no network \(number)")
    case NSURLErrorBadURL, NSURLErrorUnsupportedURL:
      return .notSent("the address is not usable \(number)")
    case NSURLErrorServerCertificateUntrusted, NSURLErrorServerCertificateHasBadDate,
      NSURLErrorServerCertificateHasUnknownRoot, NSURLErrorServerCertificateNotYetValid,
      NSURLErrorSecureConnectionFailed:
      return .notSent("the server's certificate is not valid \(number)")
    case NSURLErrorTimedOut: return .interrupted("the server was silent for too long \(number)")
    case NSURLErrorCancelled: return .interrupted("cancelled \(number)")
    default: return .interrupted("the connection was lost \(number)")
    }
  }
}
