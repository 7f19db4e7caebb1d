import Core
import Platform

extension LogsOperations {
    /// Lists of what this server does not have: nothing can be put into them, so they are truthfully empty.
    var absentOperations: [String: Handler] {
        [
            "DescribeSubscriptionFilters": { request in
                _ = try await logs.group(request.group())
                return ["subscriptionFilters": []]
            },
            "DescribeMetricFilters": { request in
                if request.input["logGroupName"] != nil { _ = try await logs.group(request.group()) }
                return ["metricFilters": []]
            },
            "DescribeResourcePolicies": { _ in ["resourcePolicies": []] },
            // Served by `liveTail` where the front can stream; a front that cannot comes here.
            "StartLiveTail": { _ in
                throw WireError(
                    "InvalidOperationException",
                    "Live tail sessions are not served here; 'aws logs tail --follow' shows the same lines.",
                    status: 400)
            },
        ]
    }
}
