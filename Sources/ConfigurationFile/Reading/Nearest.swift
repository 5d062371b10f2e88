internal import Domain

/// The helper that descriptions of connectors use too.
typealias Nearest = NearestWord
