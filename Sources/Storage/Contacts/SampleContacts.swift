import OAuth
import Portal

extension Store {
    /// A new tenant has people to try the API with, so that the first call shows something.
    func insertSampleContacts(into tenant: ID<Entity.Tenant>, in db: any Connection, at now: Instant) throws {
        for (index, sample) in Self.samples.enumerated() {
            let id = try TenantStore.nextID(of: tenant, in: db)
            let email = "\(sample.first.lowercased()).\(sample.last.lowercased())@example.org"
            let phone = "+1 555 01\(index < 10 ? "0" : "")\(index)"
            let details = ContactDetails(
                firstName: sample.first, lastName: sample.last, email: email, phone: phone, tags: sample.tags)
            try TenantStore.insert(details, id: id, tenant: tenant, in: db, at: now)
        }
    }

    private static let samples: [(first: String, last: String, tags: [String])] = [
        ("Amina", "Okafor", ["volunteer", "north"]), ("Bruno", "Keller", ["donor"]), ("Chiara", "Rossi", ["volunteer"]),
        ("Dmitri", "Volkov", []), ("Elif", "Demir", ["board"]), ("Farah", "Haddad", ["donor", "south"]),
        ("Gustav", "Lind", ["volunteer"]), ("Hana", "Sato", ["press"]), ("Imani", "Mwangi", ["volunteer", "south"]),
        ("Jonas", "Weber", []), ("Kavya", "Nair", ["donor"]), ("Lucia", "Moreno", ["north"]),
        ("Mateo", "Silva", ["volunteer"]), ("Nora", "Byrne", ["board"]), ("Omar", "Farouk", ["donor"]),
        ("Petra", "Novak", []), ("Quentin", "Leroy", ["press"]), ("Rosa", "Ortega", ["volunteer", "north"]),
        ("Samuel", "Cohen", ["donor"]), ("Tuva", "Berg", []), ("Uma", "Patel", ["volunteer"]),
        ("Viktor", "Horvat", ["south"]), ("Wanda", "Kowalska", ["donor"]), ("Yara", "Costa", ["volunteer"]),
    ]
}
