import Core
import Platform

/// What users have on AWS and never have here: clients ask for it before they delete a user.
extension IAM {
    var absentOperations: [String: OperationHandler] {
        [
            "ListGroupsForUser": none("Groups"), "ListSSHPublicKeys": none("SSHPublicKeys"),
            "ListMFADevices": none("MFADevices"), "ListVirtualMFADevices": none("VirtualMFADevices"),
            "ListSigningCertificates": none("Certificates"),
            "ListServiceSpecificCredentials": none("ServiceSpecificCredentials"),
            "ListAccountAliases": none("AccountAliases"), "GetLoginProfile": noLoginProfile,
            "DeleteLoginProfile": noLoginProfile,
        ]
    }

    /// An empty list, of a user that must exist where one is named.
    private func none(_ member: String) -> OperationHandler {
        { call, input in
            if input["UserName"] != nil { _ = try await identity.get(UserRecord.self, input.name("UserName")) }
            return Self.page([], as: member, marker: nil)
        }
    }

    private func noLoginProfile(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let user = try await identity.get(UserRecord.self, Self.userName(call, input))
        throw WireError("NoSuchEntity", "Login Profile for User \(user.name) cannot be found.", status: 404)
    }
}
