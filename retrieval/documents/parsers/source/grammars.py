"""The languages whose grammar is known (tree-sitter), and what their definitions are called in it."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Parser


@dataclass(frozen=True, slots=True)
class Language:
    """`grammar`: the package and the function that gives it."""

    name: str  # of the media type: text/x-NAME
    endings: str
    grammar: tuple[str, str] = ("", "")
    aliases: str = ""  # media types
    programs: str = ""  # that a first line "#!" names
    names: str = ""  # of files

    def parser(self) -> Parser | None:
        return load_parser(*self.grammar) if self.grammar[0] else None


@cache
def load_parser(package: str, function: str) -> Parser | None:
    """None where there is no wheel for this machine: the code is then cut at its blank lines."""
    try:
        from tree_sitter import Language as Grammar
        from tree_sitter import Parser

        return Parser(Grammar(getattr(importlib.import_module(package), function)()))
    except (ImportError, AttributeError, ValueError, OSError):
        return None


LANGUAGES = (
    Language("python", ".py .pyi .pyw .pyx", ("tree_sitter_python", "language"), "text/x-script.python", "python python3"),
    Language(
        "javascript",
        ".js .mjs .cjs .jsx",
        ("tree_sitter_javascript", "language"),
        "text/javascript application/javascript application/x-javascript",
        "node",
    ),
    Language("typescript", ".ts .mts .cts", ("tree_sitter_typescript", "language_typescript"), "application/typescript"),
    Language("tsx", ".tsx", ("tree_sitter_typescript", "language_tsx")),
    Language("java", ".java", ("tree_sitter_java", "language")),
    Language("c", ".c .h", ("tree_sitter_c", "language"), "text/x-csrc text/x-chdr"),
    Language("c++", ".cc .cpp .cxx .hpp .hh .hxx .ino", ("tree_sitter_cpp", "language"), "text/x-c++src"),
    Language("csharp", ".cs", ("tree_sitter_c_sharp", "language")),
    Language("go", ".go", ("tree_sitter_go", "language")),
    Language("rust", ".rs", ("tree_sitter_rust", "language")),
    Language("ruby", ".rb .rake .gemspec", ("tree_sitter_ruby", "language"), programs="ruby", names="rakefile gemfile"),
    Language("php", ".php", ("tree_sitter_php", "language_php"), "application/x-php", "php"),
    Language("shell", ".sh .bash .zsh .ksh", ("tree_sitter_bash", "language"), "application/x-sh", "sh bash dash zsh ksh"),
    Language("kotlin", ".kt .kts", ("tree_sitter_kotlin", "language")),
    Language("swift", ".swift", ("tree_sitter_swift", "language")),
    Language(  # without a grammar
        "source",
        ".pl .pm .lua .r .jl .sql .hs .ml .scala .clj .el .lisp .m .mm .vb .ps1 .bat .cmake .mk .dart .ex"
        " .exs .erl .f90 .asm .s .gradle .groovy .proto .tf .nix .vue .svelte .css .scss .less .tcl .awk .sed .patch .diff",
        aliases="text/css text/x-diff text/x-sql application/sql",
        names="makefile dockerfile cmakelists.txt jenkinsfile vagrantfile justfile",
    ),
)

DEFINITIONS = {
    *("function_definition", "function_declaration", "method_declaration", "method_definition", "function_item"),
    *("generator_function_declaration", "constructor_declaration", "method", "singleton_method", "macro_definition"),
    *("function_signature_item", "init_declaration", "deinit_declaration", "property_declaration_with_body"),
}
CONTAINERS = {
    *("class_definition", "class_declaration", "interface_declaration", "enum_declaration", "record_declaration", "class"),
    *("module", "impl_item", "trait_item", "struct_item", "enum_item", "mod_item", "class_specifier", "struct_specifier"),
    *("namespace_definition", "namespace_declaration", "struct_declaration", "object_declaration", "protocol_declaration"),
    *("trait_declaration", "abstract_class_declaration", "internal_module", "type_declaration", "companion_object"),
    "file_scoped_namespace_declaration",
}
WRAPPERS = {"decorated_definition", "export_statement", "template_declaration", "declare_statement", "linkage_specification"}
BODIES = {
    "block",
    "class_body",
    "declaration_list",
    "body_statement",
    "enum_body",
    "interface_body",
    "field_declaration_list",
}
ATTACHED = {"comment", "line_comment", "block_comment", "attribute_item", "multiline_comment", "annotation"}
