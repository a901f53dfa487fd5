//! Generated clients, as far as no compiler of their language is needed.

// A test may stop at the first surprise, its helpers too.
#![allow(clippy::panic)]

use mizan_codegen::{File, Options, Target, Validator, generate};
use mizan_core::ir::Document;
use mizan_core::keyword::Keyword as _;

/// An interface whose names are words of the languages, or alike.
const AWKWARD: &str = r#"ir version=2
type "DeleteInput" {
    struct {
        field "class" required=#true {
            primitive "integer"
        }
        field "it's" required=#false description="Ends */ here." {
            list {
                union {
                    primitive "string"
                    "null"
                }
            }
        }
    }
}
type "Promise" {
    struct {
        field "next" required=#true {
            optional {
                ref "Promise"
            }
        }
    }
}
type "PromisesOutput" {
    alias {
        list {
            ref "Promise"
        }
    }
}
function "delete" description="Removes it." idempotent=#true {
    camel "delete"
    transport "http"
    affects "slot"
    merge "slot" slot="promises" mode="upsert" key="id" place="prepend"
    input "DeleteInput"
    output "Promise" nullable=#true
}
function "promises" {
    camel "promises"
    transport "http"
    context "slot"
    output "PromisesOutput" nullable=#false
}
function "slot" {
    camel "slot"
    transport "http"
    output "Promise" nullable=#false
}
context "slot" {
    function "promises"
}
"#;

fn files(text: &str, options: &Options) -> Vec<File> {
    let document = Document::parse(text).unwrap_or_else(|error| panic!("{error}"));
    generate(&document, options).unwrap_or_else(|error| panic!("{error}"))
}

fn file(target: Target, path: &str) -> String {
    let options = Options {
        targets: vec![target],
        line_width: 120,
        ..Options::default()
    };
    let found = files(AWKWARD, &options)
        .into_iter()
        .find(|file| file.path == path);
    found.map_or_else(|| panic!("no {path}"), |file| file.text)
}

fn assert_has(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.contains(line), "no {line:?} in\n{text}");
    }
}

#[test]
fn types_are_named_as_the_server_names_them() {
    assert_has(
        &file(Target::Typescript, "types.ts"),
        &[
            "export interface Promise {\n  readonly next: Promise | null;\n}",
            "export type DeleteArgs = {\n  readonly class: number;\n  /** Ends *\\/ here. */\n  readonly \"it's\"?: readonly (string | null)[];\n};",
            "export type SlotArgs = Record<never, never>;",
            "readonly promises?: (content: readonly Promise[]) => readonly Promise[];",
        ],
    );
}

#[test]
fn words_of_the_language_are_no_names_and_its_own_types_stay_reachable() {
    assert_has(
        &file(Target::Typescript, "functions.ts"),
        &[
            "export const delete_: ServerFunction<DeleteArgs, Promise | null, DeleteExpectations> = {\n  name: \"delete\",",
            "  affects: [\"slot\"],\n  modes: {\n    slot: {\n      promises: { kind: \"upsert\", key: \"id\", place: \"prepend\" },",
            "  idempotent: true,\n};",
            "/** Removes it. */\nexport function callDelete(",
            "): globalThis.Promise<Promise | null> {",
            "export function callSlot(args: SlotArgs = {}, options?: CallOptions<SlotArgs>): globalThis.Promise<Promise> {",
        ],
    );
}

#[test]
fn what_an_interface_calls_like_the_runtime_is_the_interfaces() {
    assert_has(
        &file(Target::React, "react.tsx"),
        &[
            "useSlot as mizanUseSlot",
            "export function useSlot(options?: CallHookOptions<SlotArgs>): Call<SlotArgs, Promise> {",
            "return mizanUseSlot(slotBinding, \"promises\");",
        ],
    );
}

#[test]
fn python_takes_any_field_and_no_keyword() {
    assert_has(
        &file(Target::Python, "types.py"),
        &[
            "DeleteArgs = TypedDict(\n    \"DeleteArgs\",\n    {\n        \"class\": \"int\",\n",
            "class Promise(TypedDict):\n    next: Promise | None\n",
        ],
    );
    assert_has(
        &file(Target::Python, "client.py"),
        &[
            "    def delete(\n",
            "    async def slot(\n",
            "    def fetch_slot(\n",
        ],
    );
}

/// Names and texts that would be code if they stood in it as they are.
const HOSTILE: &str = r#"ir version=2
type "Ligature" {
    struct {
        field "ﬁ" required=#true description="one\revil()" {
            ref "_Upload"
        }
    }
}
type "_Upload" description="one\revil()\u{0}*/ evil()\u{202e}" {
    struct {
        field "a" required=#true description="one\revil()" {
            primitive "string"
        }
    }
}
function "*/ evil(); /*" {
    camel "*/ evil(); /*"
    transport "http"
    output "Ligature" nullable=#false
}
function "__init__" {
    camel "Init"
    transport "http"
    output "Ligature" nullable=#false
}
function "_send" {
    camel "Send"
    transport "http"
    output "Ligature" nullable=#false
}
function "user" {
    camel "user"
    transport "http"
    context "*/\nevil(); /*"
    output "Ligature" nullable=#false
}
context "*/\nevil(); /*" {
    function "user"
}
composition "*/ evil(); /*" {
    context "*/\nevil(); /*"
}
"#;

#[test]
fn what_an_interface_says_is_no_code() {
    for target in Target::ALL {
        let options = Options {
            targets: vec![*target],
            schemas: Some(Validator::Zod),
            testing: true,
            ..Options::default()
        };
        for File { path, text } in files(HOSTILE, &options) {
            let hidden = ['\r', '\0', '\u{202e}'];
            assert!(!text.contains(hidden), "{path}\n{text}");
            let comments = text
                .lines()
                .filter(|line| line.trim_start().starts_with('/'));
            for comment in comments {
                assert!(!comment.contains("*/ evil"), "{path}\n{text}");
            }
            assert!(!text.contains("\nevil"), "{path}\n{text}");
        }
    }
}

#[test]
fn an_interface_without_anything_has_modules() {
    let options = Options {
        schemas: Some(Validator::Zod),
        ..Options::default()
    };
    for File { path, text } in files("ir version=2\n", &options) {
        assert!(text.contains("\nexport "), "{path}\n{text}");
        assert!(!text.contains("\"zod\""), "{path}\n{text}");
    }
}

#[test]
fn a_member_is_never_the_prototype() {
    let text = HOSTILE.replace("field \"a\"", "field \"__proto__\"");
    let options = Options {
        schemas: Some(Validator::Zod),
        line_width: 30,
        ..Options::default()
    };
    let files = files(&text, &options);
    let of = |path: &str| &files.iter().find(|file| file.path == path).unwrap().text;
    assert_has(of("types.ts"), &["  readonly [\"__proto__\"]: string;\n"]);
    assert_has(of("schemas.ts"), &["    [\"__proto__\"]: z.string(),\n"]);
}

#[test]
fn what_python_would_take_for_its_own_has_another_name() {
    let options = Options {
        targets: vec![Target::Python],
        ..Options::default()
    };
    let of = |path: &str| {
        let mut files = files(HOSTILE, &options).into_iter();
        files.find(|file| file.path == path).unwrap().text
    };
    assert_has(
        &of("types.py"),
        &[
            "class _Upload2(TypedDict):\n    \"\"\"one\\u000devil()\\u0000*/ evil()\\u202e\"\"\"\n\n    #: one\\u000devil()\n    a: str\n",
            "        #: one\\u000devil()\n        \"ﬁ\": \"_Upload2\",\n",
        ],
    );
    assert_has(
        &of("client.py"),
        &["    def _init__(\n", "    def _send2(\n"],
    );
}

#[test]
fn each_target_has_its_files() {
    let paths = |targets: &[Target]| -> Vec<_> {
        let options = Options {
            targets: targets.to_vec(),
            ..Options::default()
        };
        files(AWKWARD, &options)
            .into_iter()
            .map(|file| file.path)
            .collect()
    };
    assert_eq!(
        paths(&[Target::Typescript]),
        ["functions.ts", "index.ts", "types.ts"]
    );
    assert_eq!(
        paths(&[Target::React]),
        [
            "functions.ts",
            "index.ts",
            "react.tsx",
            "server.ts",
            "types.ts"
        ]
    );
    assert_eq!(
        paths(&[Target::Vue, Target::Svelte]),
        [
            "functions.ts",
            "index.ts",
            "svelte.ts",
            "types.ts",
            "vue.ts"
        ]
    );
    assert_eq!(
        paths(&[Target::Python]),
        ["__init__.py", "_transport.py", "client.py", "types.py"]
    );
}

#[test]
fn options_reach_the_code() {
    let options = Options {
        targets: vec![Target::React],
        base_url: Some("/api/it's".to_owned()),
        import_extension: ".js".to_owned(),
        ..Options::default()
    };
    let files = files(AWKWARD, &options);
    let text = |path: &str| {
        files
            .iter()
            .find(|file| file.path == path)
            .map_or("", |file| file.text.as_str())
    };
    assert_has(
        text("index.ts"),
        &[
            "export * from \"./react.js\";",
            "return base({ interface: INTERFACE, baseUrl: \"/api/it's\", ...options });",
        ],
    );
    assert_has(
        text("react.tsx"),
        &[
            "\n\n\"use client\";\n\n",
            "<Base interface={INTERFACE} baseUrl={\"/api/it's\"} {...props} />",
            "} from \"./functions.js\";",
        ],
    );
}

/// A view with two places and a query, one that says nothing, and a function that takes files.
const PAGES: &str = r#"ir version=2
type "PageInput" {
    struct {
        field "user_id" required=#true {
            primitive "integer"
        }
        field "rest" required=#true {
            primitive "string"
        }
        field "tab" required=#false {
            primitive "string"
        }
    }
}
type "SendInput" {
    struct {
        field "image" required=#true {
            upload max-bytes=5
        }
        field "papers" required=#false {
            optional {
                list {
                    upload
                }
            }
        }
    }
}
type "SendOutput" {
    alias {
        primitive "integer"
    }
}
function "send" {
    camel "send"
    transport "http"
    input "SendInput"
    output "SendOutput" nullable=#false
}
view "import" description="All \"of\" it." {
    camel "import"
    path "/import/"
    method "GET"
}
view "user.page" {
    camel "userPage"
    path "/users/<int:user_id>/<path:rest>"
    method "GET"
    input "PageInput"
}
"#;

#[test]
fn python_has_files_and_addresses() {
    let options = Options {
        targets: vec![Target::Python],
        ..Options::default()
    };
    let files = files(PAGES, &options);
    let text = |path: &str| {
        let found = files.iter().find(|file| file.path == path);
        found.map_or("", |file| file.text.as_str())
    };
    assert_has(
        text("types.py"),
        &[
            "    from ._transport import Upload as _Upload\n",
            "class SendArgs(TypedDict):\n    image: _Upload\n    papers: NotRequired[list[_Upload] | None]\n",
            "class UserPageUrlArgs(TypedDict):\n    user_id: int\n    rest: str\n    tab: NotRequired[str]\n",
        ],
    );
    assert_has(
        text("client.py"),
        &["            self._send_files(\n                \"send\",\n"],
    );
    assert_has(
        text("views.py"),
        &[
            "def import_url() -> str:\n    \"\"\"All \"of\" it.\"\"\"\n    return address(\"/import/\", {})\n",
            "def user_page_url(\n    **args: Unpack[types.UserPageUrlArgs],\n) -> str:\n    return address(\"/users/<int:user_id>/<path:rest>\", dict(args))\n",
        ],
    );
}

/// A function that goes over a socket, with a file and an error, and a channel.
const LIVE: &str = r#"ir version=2
type "ChatMessage" {
    struct {
        field "text" required=#true {
            primitive "string"
        }
    }
}
type "ChatParams" {
    struct {
        field "room" required=#true {
            primitive "string"
        }
    }
}
type "SendInput" {
    struct {
        field "image" required=#true {
            upload max-bytes=5
        }
    }
}
function "send" {
    camel "send"
    transport "websocket"
    error "TOO_LARGE" status=413 description="It is."
    error "UNKNOWN" status=404 {
        data "ChatParams"
    }
    input "SendInput"
    output "ChatMessage" nullable=#false
}
channel "chat" {
    camel "chat"
    params "ChatParams"
    react-message "ChatMessage"
    server-message "ChatMessage"
}
channel "news" {
    camel "news"
    server-message "ChatMessage"
}
"#;

#[test]
fn channels_files_and_declared_errors() {
    let options = Options {
        targets: vec![Target::React, Target::Vue],
        line_width: 120,
        ..Options::default()
    };
    let files = files(LIVE, &options);
    let text = |path: &str| {
        files
            .iter()
            .find(|file| file.path == path)
            .map_or("", |file| file.text.as_str())
    };
    assert_has(
        text("functions.ts"),
        &[
            "export const send: ServerFunction<SendArgs, ChatMessage, object, SendErrors> = {",
            "  websocket: true,\n  socketOnly: true,\n  uploads: upload,\n};",
            "import { upload } from \"mizan-runtime/uploads\";",
        ],
    );
    assert_has(
        text("types.ts"),
        &[
            "export interface SendErrors {\n  /** It is. */\n  readonly TOO_LARGE: undefined;\n  readonly UNKNOWN: ChatParams;\n}",
        ],
    );
    assert_has(
        text("channels.ts"),
        &[
            "export const chatChannel: Channel<ChatParams, ChatMessage, ChatMessage> = {\n  name: \"chat\",\n};",
            "export const newsChannel: Channel<Record<never, never>, never, ChatMessage> = {",
            "import type { Channel } from \"mizan-runtime/socket\";",
        ],
    );
    assert_has(
        text("react.tsx"),
        &[
            "<Base interface={INTERFACE} live={socket} {...props} />",
            "): Call<SendArgs, ChatMessage, SendErrors> {",
            "export function useChatChannel(params: ChatParams): ChannelState<ChatMessage, ChatMessage> {",
            "  return useChannel(newsChannel, {});",
        ],
    );
    assert_has(
        text("vue.ts"),
        &[
            "base({ interface: INTERFACE, live: socket, ...options })",
            "export function useChatChannel(params: MaybeGetter<ChatParams>): ChannelState<ChatMessage, ChatMessage> {",
        ],
    );
    assert_has(text("index.ts"), &["export * from \"./channels\";"]);
}

#[test]
fn pages_are_live_where_it_is_asked_for() {
    let react = |text: &str, live| {
        let options = Options {
            targets: vec![Target::React],
            live,
            ..Options::default()
        };
        let found = files(text, &options)
            .into_iter()
            .find(|file| file.path == "react.tsx");
        found.is_some_and(|file| file.text.contains("live={socket}"))
    };
    assert!(react(LIVE, None) && react(AWKWARD, Some(true)));
    assert!(!react(LIVE, Some(false)) && !react(AWKWARD, None));
}

#[test]
fn the_same_interface_gives_the_same_files() {
    let options = Options {
        targets: vec![Target::React, Target::Vue],
        ..Options::default()
    };
    assert_eq!(files(AWKWARD, &options), files(AWKWARD, &options));
}

/// A form with its functions, and two views.
const CONTACT: &str = r#"ir version=2
type "Contact" {
    struct {
        field "email" required=#true {
            primitive "string" format="email"
        }
        field "photo" required=#false {
            upload max-bytes=1000
        }
    }
}
type "ContactSubmitInput" {
    struct {
        field "data" required=#true {
            ref "Contact"
        }
        field "times" required=#false default=1 {
            primitive "integer"
        }
    }
}
type "FormErrors" {
    struct
}
type "PageInput" {
    struct {
        field "user_id" required=#true {
            primitive "integer"
        }
        field "tab" required=#false {
            enum "orders" "about"
        }
        field "filter" required=#false {
            ref "Contact"
        }
    }
}
function "contact.schema" {
    camel "contactSchema"
    transport "http"
    context "contact-form"
    output "FormErrors" nullable=#false
}
function "contact.submit" {
    camel "contactSubmit"
    transport "http"
    input "ContactSubmitInput"
    output "FormErrors" nullable=#true
}
function "contact.validate" {
    camel "contactValidate"
    transport "http"
    input "ContactSubmitInput"
    output "FormErrors" nullable=#false
}
context "contact-form" {
    function "contact.schema"
}
form "contact" description="Write to us." {
    camel "contact"
    title "Contact us"
    live-validation
    field "email" required=#true {
        shape {
            primitive "string" format="email"
        }
        strip
        max-length 320
        pattern "^.+@[^@]+$"
        label "Your address"
    }
    field "photo" required=#false {
        shape {
            upload max-bytes=1000
        }
        extension "png"
    }
}
view "done" {
    camel "done"
    path "/done/"
    method "POST"
    input "PageInput"
}
view "page" {
    camel "page"
    path "/customers/<int:user_id>/"
    method "GET"
    input "PageInput"
}
"#;

#[test]
fn forms_have_hooks_and_what_may_be_checked() {
    let options = Options {
        targets: vec![Target::React],
        ..Options::default()
    };
    let files = files(CONTACT, &options);
    let text = |path: &str| {
        let file = files.iter().find(|file| file.path == path);
        file.map_or_else(|| panic!("{path}"), |file| file.text.clone())
    };
    assert_has(
        &text("forms.ts"),
        &[
            "/** Write to us. */",
            "export const contactForm: Form<Contact, FormErrors | null, ContactFormArgs> = {",
            "  title: \"Contact us\",",
            "  submit: contactSubmit,",
            "  validate: contactValidate,",
            "  schema: [contactFormContext, \"contact.schema\"],",
            "      kind: { type: \"string\" },",
            "      patterns: [\"^.+@[^@]+$\"],",
            "      kind: { type: \"upload\", maxBytes: 1000 },",
            "      extensions: [\"png\"],",
        ],
    );
    assert_has(
        &text("types.ts"),
        &[
            "export type ContactFormArgs = {",
            "  readonly times?: number;",
        ],
    );
    assert_has(
        &text("react.tsx"),
        &[
            "export function useContactForm(",
            "  options?: FormOptions<Contact, ContactFormArgs>,",
            "): FormState<Contact, FormErrors | null> {",
            "  return useForm(contactForm, options);",
        ],
    );
    assert_has(&text("index.ts"), &["export * from \"./forms\";"]);
}

#[test]
fn addresses_of_views_take_what_stands_in_them() {
    let views = files(CONTACT, &Options::default())
        .into_iter()
        .find(|file| file.path == "views.ts");
    let views = views.map(|file| file.text).unwrap_or_default();
    assert_has(
        &views,
        &[
            "export function doneUrl(): string {",
            "export function pageUrl(args: PageUrlArgs): string {",
            "  return viewUrl(\"/customers/<int:user_id>/\", args);",
        ],
    );
    let types = file_of(CONTACT, "types.ts");
    assert!(
        types.contains("  readonly tab?: \"orders\" | \"about\";\n};"),
        "{types}"
    );
}

fn file_of(text: &str, path: &str) -> String {
    let mut files = files(text, &Options::default()).into_iter();
    let file = files.find(|file| file.path == path);
    file.map(|file| file.text).unwrap_or_default()
}

/// `page` is required by one function of the context alone: the document says that it may be left out.
const PAGED: &str = r#"ir version=2
type "OrdersInput" {
    struct {
        field "page" required=#true {
            primitive "integer"
        }
        field "size" required=#false {
            primitive "integer"
        }
    }
}
type "OrdersOutput" {
    alias {
        primitive "string"
    }
}
function "orders" {
    camel "orders"
    transport "http"
    context "shop"
    input "OrdersInput"
    output "OrdersOutput" nullable=#false
}
function "total" {
    camel "total"
    transport "http"
    context "shop"
    output "OrdersOutput" nullable=#false
}
context "shop" {
    function "orders"
    function "total"
    param "page" required=#false {
        shape {
            primitive "integer"
        }
        shared-by "orders"
    }
    param "size" required=#false {
        shape {
            primitive "integer"
        }
        shared-by "orders"
    }
}
"#;

#[test]
fn what_one_function_of_a_context_requires_is_said_when_it_is_read() {
    assert_has(
        &file_of(PAGED, "types.ts"),
        &["  readonly page: number;", "  readonly size?: number;"],
    );
    let functions = file_of(PAGED, "functions.ts");
    assert_has(
        &functions,
        &["export function fetchShop(params: ShopParams): Promise<ShopSlots> {"],
    );
    let options = Options {
        targets: vec![Target::Python],
        ..Options::default()
    };
    let types = files(PAGED, &options)
        .into_iter()
        .find(|file| file.path == "types.py")
        .map_or_else(String::new, |file| file.text);
    assert_has(&types, &["    page: int\n", "    size: NotRequired[int]\n"]);
}

/// What is answered is one of an enum's values.
fn colors(values: &str) -> String {
    format!(
        "ir version=2\ntype \"Color\" {{\n    enum {{\n{values}    }}\n}}\nfunction \"color\" {{\n    camel \"color\"\n    \
         transport \"http\"\n    output \"Color\" nullable=#false\n}}\n"
    )
}

#[test]
fn the_values_of_an_enum_have_their_names() {
    let named = colors("        value \"red\" name=\"RED\"\n        value 2 name=\"2nd\"\n");
    assert_has(
        &file_of(&named, "types.ts"),
        &[
            "export type Color = \"red\" | 2;\n\nexport const Color = {\n  RED: \"red\",\n  \"2nd\": 2,\n} as const;\n",
        ],
    );
    assert_has(
        &file_of(&named, "index.ts"),
        &["export * from \"./types\";"],
    );
    // No value of JavaScript is exactly that, and what has no name is none's.
    for values in [
        "        value 9007199254740993 name=\"LARGE\"\n",
        "        value \"red\"\n",
    ] {
        let text = colors(values);
        let types = file_of(&text, "types.ts");
        assert!(!types.contains("const Color"), "{types}");
        assert_has(
            &file_of(&text, "index.ts"),
            &["export type * from \"./types\";"],
        );
    }
}

#[test]
fn integers_of_any_size_are_exact_where_that_is_asked_for() {
    let text = PAGED.replace(
        "        field \"page\" required=#true {\n            primitive \"integer\"",
        "        field \"page\" required=#true {\n            primitive \"integer\" format=\"int64\"",
    );
    let text = text.replace(
        "param \"page\" required=#false {\n        shape {\n            primitive \"integer\"",
        "param \"page\" required=#false {\n        shape {\n            list {\n                primitive \"integer\" format=\"int64\"\n            }",
    );
    let exact = |target| Options {
        targets: vec![target],
        bigint: true,
        schemas: Some(Validator::Zod),
        ..Options::default()
    };
    let find = |files: Vec<File>, path: &str| {
        let file = files.into_iter().find(|file| file.path == path);
        file.map_or_else(|| panic!("{path}"), |file| file.text)
    };
    let rounded = files(&text, &Options::default());
    assert_has(
        &find(rounded, "types.ts"),
        &["  readonly page: readonly number[];"],
    );
    let react = files(&text, &exact(Target::React));
    assert_has(
        &find(react.clone(), "types.ts"),
        &[
            "  readonly page: readonly (number | bigint)[];",
            "  readonly size?: number;",
        ],
    );
    assert_has(
        &find(react, "react.tsx"),
        &[
            "import { exactJson } from \"mizan-runtime/bigint\";",
            "json={exactJson}",
        ],
    );
    let vue = files(&text, &exact(Target::Vue));
    assert_has(&find(vue, "vue.ts"), &["json: exactJson"]);
    let enumeration = colors("        value 9007199254740993 name=\"LARGE\"\n");
    let enumeration = files(&enumeration, &exact(Target::Typescript));
    assert_has(
        &find(enumeration.clone(), "types.ts"),
        &["  LARGE: 9007199254740993n,"],
    );
    assert_has(
        &find(enumeration, "schemas.ts"),
        &["z.literal([9007199254740993n])"],
    );
}

#[test]
fn a_combination_of_contexts_has_one_provider() {
    let text = format!(
        "{}composition \"Checkout\" description=\"Who pays.\" {{\n    context \"empty\"\n    context \"global\"\n    \
         context \"shop\"\n}}\n",
        PAGED
            .replace(
                "function \"orders\" {",
                "function \"me\" {\n    camel \"me\"\n    transport \"http\"\n    context \"global\"\n    output \
                 \"OrdersOutput\" nullable=#false\n}\nfunction \"orders\" {"
            )
            .replace(
                "context \"shop\" {",
                "context \"empty\"\ncontext \"global\" {\n    function \"me\"\n}\ncontext \"shop\" {"
            )
    );
    let options = |target| Options {
        targets: vec![target],
        ..Options::default()
    };
    let find = |target, path: &str| {
        let file = files(&text, &options(target))
            .into_iter()
            .find(|file| file.path == path);
        file.map_or_else(|| panic!("{path}"), |file| file.text)
    };
    assert_has(
        &find(Target::Vue, "types.ts"),
        &["export type CheckoutParams = ShopParams;"],
    );
    assert_has(
        &find(Target::React, "react.tsx"),
        &[
            "/** Who pays. */\nexport const CheckoutProvider: Provider<CheckoutParams> =\n  /* @__PURE__ */ composeProviders(global, shop);",
        ],
    );
}

#[test]
fn elements_are_broken_where_they_are_too_long() {
    let react = |base_url: &str| {
        let options = Options {
            targets: vec![Target::React],
            base_url: Some(base_url.to_owned()),
            bigint: true,
            live: Some(true),
            line_width: 98,
            ..Options::default()
        };
        let file = files(PAGED, &options)
            .into_iter()
            .find(|file| file.path == "react.tsx");
        file.map_or_else(String::new, |file| file.text)
    };
    assert_has(
        &react("/api"),
        &[
            "  return (\n    <Base interface={INTERFACE} baseUrl={\"/api\"} json={exactJson} live={socket} {...props} />\n  );\n",
        ],
    );
    assert_has(
        &react("https://a.server/with/a/long/path"),
        &[
            "  return (\n    <Base\n      interface={INTERFACE}\n      baseUrl={\"https://a.server/with/a/long/path\"}\n      json={exactJson}\n      live={socket}\n      {...props}\n    />\n  );\n",
        ],
    );
}

#[test]
fn a_module_for_tests_knows_which_parameters_are_texts() {
    let text = PAGED.replace(
        "param \"size\" required=#false {\n        shape {\n            primitive \"integer\"",
        "param \"size\" required=#false {\n        shape {\n            optional {\n                enum \"1\" \"2\"\n            }",
    );
    let testing = |target| {
        let options = Options {
            targets: vec![target],
            testing: true,
            ..Options::default()
        };
        let file = files(&text, &options)
            .into_iter()
            .find(|file| file.path == "testing.ts");
        file.map_or_else(String::new, |file| file.text)
    };
    assert_has(
        &testing(Target::React),
        &[
            "export { renderMizan } from \"mizan-react/testing\";\n\n/** A server in memory.",
            "export function mockServer(): MockServer {\n  return new MockServer({ shop: [\"size\"] });\n}\n",
        ],
    );
    assert!(!testing(Target::Vue).contains("renderMizan"));
}
