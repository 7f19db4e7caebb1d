/// How long the pictures of numbers and dates may be: some of what is done with them takes time by the square of their length.
enum PictureLimit {
    static let bytes = 1000

    static var error: JSONataError { JSONataError("D3095", value: String(bytes)) }
}
