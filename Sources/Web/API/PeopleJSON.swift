import HTTPTypes
import Hummingbird
import NIOCore
import OAuth
import Portal
import Storage

/// One person of the list, as the API shows it.
private struct PersonFields {
    let contact: Contact

    func write(to json: inout JSONWriter) {
        let details = contact.details
        json.field("id", contact.id)
        json.field("first_name", details.firstName)
        json.field("last_name", details.lastName)
        json.field("email", details.email)
        json.field("phone", details.phone)
        json.key("tags")
        json.array { array in for tag in details.tags { array.string(tag) } }
        json.field("created_at", contact.createdAt.seconds)
        json.field("updated_at", contact.updatedAt.seconds)
    }
}

/// A page of people: `results`, relative addresses of its neighbours, and whose token asked.
struct PeopleList: JSONWritable {
    let page: ContactPage
    let next: String?
    let previous: String?
    let userURI: String

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("next", next)
            object.field("prev", previous)
            object.key("results")
            object.array { array in
                for contact in page.contacts { array.object { PersonFields(contact: contact).write(to: &$0) } }
            }
            object.key("meta")
            object.object { $0.field("user_uri", userURI) }
        }
    }
}

struct PersonAnswer: JSONWritable {
    let contact: Contact
    let userURI: String

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.key("person")
            object.object { PersonFields(contact: contact).write(to: &$0) }
            object.key("meta")
            object.object { $0.field("user_uri", userURI) }
        }
    }
}

/// What a client wants to set. A name that is missing is left alone; an empty one is cleared.
struct ContactChange: Sendable {
    private var firstName: String?
    private var lastName: String?
    private var email: String?
    private var phone: String?
    private var tags: String?

    /// Reads a flat JSON object of strings: `first_name`, `last_name`, `email`, `phone`, and `tags` separated by commas.
    init(_ request: Request) async throws {
        guard MediaType(request)?.isJSON == true else { throw Failure.unsupportedMediaType }
        let body = try await request.body.collect(upTo: 64 * 1024)
        let list = try ParameterList(json: Array(body.readableBytesView))
        func field(_ name: StaticString) throws -> String? {
            let values = list.all(Parameter(name))
            guard values.count <= 1 else { throw Self.invalid("A field was sent more than once.") }
            guard let value = values.first else { return nil }
            guard value.isEmpty || TypedText.line(value, atMost: 200) != nil else {
                throw Self.invalid("\(name) must be one line of at most 200 characters.")
            }
            return value
        }
        firstName = try field("first_name")
        lastName = try field("last_name")
        email = try field("email")
        phone = try field("phone")
        tags = try field("tags")
        if let email, !email.isEmpty, EmailAddress(email) == nil {
            throw Self.invalid("email must be an address like name@example.com.")
        }
        guard firstName != nil || lastName != nil || email != nil || phone != nil || tags != nil else {
            throw Self.invalid("Send at least one of first_name, last_name, email, phone and tags.")
        }
    }

    func newContact() throws -> ContactDetails {
        var details = ContactDetails(firstName: "", lastName: "", email: nil, phone: nil, tags: [])
        apply(to: &details)
        guard !details.firstName.isEmpty || !details.lastName.isEmpty else {
            throw Self.invalid("A new person needs first_name or last_name.")
        }
        return details
    }

    func apply(to details: inout ContactDetails) {
        if let firstName { details.firstName = firstName }
        if let lastName { details.lastName = lastName }
        if let email { details.email = email.isEmpty ? nil : email }
        if let phone { details.phone = phone.isEmpty ? nil : phone }
        guard let tags else { return }
        details.tags = Array(tags.utf8).split(separator: UInt8(ascii: ",")).compactMap {
            TypedText.line(String(decoding: $0, as: UTF8.self), atMost: 50)
        }
    }

    private static func invalid(_ message: String) -> APIRefusal {
        APIRefusal(.invalid, message)
    }
}
