//! The properties of each node. A reader ignores the others: they may come with a later server.

/// The properties that a node of this name may have.
pub(super) fn known(node: &str) -> &'static [&'static str] {
    match node {
        "ir" => &["version"],
        "type" | "view" | "form" | "composition" => &["description"],
        "field" => &["required", "default", "description"],
        "value" => &["name"],
        "function" => &["description", "idempotent"],
        "cache" => &["ttl", "shared"],
        "affects" => &["function"],
        "merge" => &["slot", "mode", "key", "place"],
        "output" => &["nullable"],
        "param" => &["required"],
        "primitive" => &[
            "format",
            "min",
            "exclusive-min",
            "max",
            "exclusive-max",
            "multiple-of",
            "min-length",
            "max-length",
            "pattern",
            "max-digits",
            "decimal-places",
        ],
        "list" | "map" => &["min-length", "max-length"],
        "upload" => &["max-bytes", "max-files"],
        "error" => &["status", "description"],
        "channel" => &["description", "presence"],
        "many" => &["min-forms", "max-forms"],
        "choice" => &["label", "group"],
        "union" => &["discriminator"],
        _ => &[],
    }
}
