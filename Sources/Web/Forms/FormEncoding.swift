import OAuth

/// The name under which pages' addresses ask for ``PercentEncoding``.
typealias FormEncoding = PercentEncoding
