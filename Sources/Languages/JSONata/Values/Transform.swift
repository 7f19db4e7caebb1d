/// What `| pattern | update, delete |` does to an object, with what was around it.
struct Transform {
    let pattern: Int
    let update: Int
    let delete: Int?
    let context: Context
}
