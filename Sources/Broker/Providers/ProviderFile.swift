import Yams

/// A file of providers, read whole: either every entry is right, or everything that is wrong is said.
///
/// ```yaml
/// zendesk:
///   title: Zendesk
///   docs: https://developer.zendesk.com/documentation/api-basics/authentication/
///   auth: oauth2
///   authorize: {url: "https://{subdomain}.zendesk.com/oauth/authorizations/new"}
///   token: {url: "https://{subdomain}.zendesk.com/oauth/tokens"}
///   api: {base: "https://{subdomain}.zendesk.com"}
///   fields: {subdomain: {title: Subdomain, format: label, suffix: .zendesk.com}}
/// ```
package struct ProviderFile {
    package let providers: [Provider]
    package let problems: [ProviderProblem]

    /// - Parameter text: YAML 1.1 without anchors or tags of its own.
    package init(_ text: String) {
        let log = ProblemLog()
        var providers: [Provider] = []
        do {
            // No guesses at types: entries are read as the text they are, and guessing takes a dozen regular expressions
            // for each word.
            if let root = try Yams.compose(yaml: text, .basic)?.mapping {
                var file = YAMLMapping(root, path: "", log: log)
                providers = file.members().compactMap { ProviderEntry($0.name, $0.mapping, log: log).provider }
            } else {
                log.add(nil, "", "must be a mapping of provider keys to entries")
            }
        } catch let error as YamlError {
            log.add(nil, "", "is not YAML: \(error)")
        } catch {
            log.add(nil, "", "is not YAML")
        }
        self.providers = log.problems.isEmpty ? providers : []
        problems = log.problems
    }
}
