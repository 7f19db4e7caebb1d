/// An event of about 1 KB, as a service sends them.
struct SampleEvent {
    /// What rules may be about.
    let number: Int
    /// What tells it from all others.
    let serial: Int

    /// Its JSON text.
    var bytes: [UInt8] {
        let text = """
            {"version":"0","id":"6a7e8feb-b491-4cf7-a9f1-bf37\(100_000 + serial)","detail-type":"Order State Change",\
            "source":"shop.\(number / 12 % 8)","account":"123456789012","time":"2026-11-20T12:00:00Z","region":"eu-west-1",\
            "resources":["arn:aws:shop:eu-west-1:123456789012:order/\(number)"],"detail":{"order-id":"order-\(number)",\
            "state":"shipped","customer":{"name":"Ada Lovelace","email":"ada\(number)@example.com","tier":"gold",\
            "address":{"street":"12 St James's Square","city":"London","country":"GB"}},"amount":\(number).25,\
            "address":"10.\(number / 250).\(number % 250).7","weight":12.5,"express":true,"voucher":null,\
            "key":"incoming/2026/11/\(number)/picture-\(number).jpeg","tags":["fragile","gift","tag-\(number)"],\
            "items":[{"sku":"sku-\(number)","count":2,"price":19.99,"note":"the blue one, please"},{"sku":"sku-1",\
            "count":1,"price":5.5,"note":"with a card that says \\"thank you\\""},{"sku":"sku-2","count":12,"price":0.99,\
            "note":"no hurry"}],"history":[{"at":"2026-11-19T08:00:00Z","state":"placed"},{"at":"2026-11-19T09:30:00Z",\
            "state":"paid"},{"at":"2026-11-20T12:00:00Z","state":"shipped"}]}}
            """
        return Array(text.utf8)
    }
}
