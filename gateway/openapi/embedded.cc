#include "gateway/openapi/embedded.h"

// The assembler takes a file as it is; a byte array in C++ would take the compiler seconds.
#define CLIENTELE_EMBED(symbol, path)                             \
  asm(".pushsection .rodata,\"a\",@progbits\n"                    \
      ".globl " #symbol "\n.hidden " #symbol "\n" #symbol         \
      ":\n"                                                       \
      ".incbin \"" path                                           \
      "\"\n"                                                      \
      ".globl " #symbol "_end\n.hidden " #symbol "_end\n" #symbol \
      "_end:\n"                                                   \
      ".byte 0\n.popsection\n");                                  \
  extern "C" const char symbol[];                                 \
  extern "C" const char symbol##_end[]

CLIENTELE_EMBED(clientele_protoset, CLIENTELE_PROTOSET);
CLIENTELE_EMBED(clientele_docs_html, CLIENTELE_PAGE "/docs.html");
CLIENTELE_EMBED(clientele_docs_js, CLIENTELE_PAGE "/docs.js");
CLIENTELE_EMBED(clientele_docs_css, CLIENTELE_PAGE "/docs.css");

namespace clientele::gateway {

std::string_view EmbeddedProtoset() { return {clientele_protoset, clientele_protoset_end}; }
std::string_view EmbeddedDocsHtml() { return {clientele_docs_html, clientele_docs_html_end}; }
std::string_view EmbeddedDocsJs() { return {clientele_docs_js, clientele_docs_js_end}; }
std::string_view EmbeddedDocsCss() { return {clientele_docs_css, clientele_docs_css_end}; }

}  // namespace clientele::gateway
