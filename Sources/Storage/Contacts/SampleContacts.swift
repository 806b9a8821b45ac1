package import OAuth
import Portal

extension TenantStore {
    /// Adds the people of a sandbox to a tenant whose list is empty, and to no other: they are for trying things
    /// out, and nobody wants them among their own.
    ///
    /// - Returns: false when there are people already.
    package func addSamples(at now: Instant) async throws -> Bool {
        try await store.engine.write { db in
            guard try db.row("SELECT 1 AS one FROM contacts WHERE tenant_id = \(tenant) LIMIT 1") == nil else {
                return false
            }
            try store.insertSampleContacts(into: tenant, in: db, at: now)
            return true
        }
    }
}

extension Store {
    /// A sandbox has people to try the API with, so that the first call shows something.
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
