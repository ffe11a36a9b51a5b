package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

//go:embed assets
var assetFiles embed.FS

// asset is one file of the portal as it is served: its address changes with
// its content, so readers may keep it for ever.
type asset struct {
	path, contentType string
	// forms holds the bytes by content coding; "" is uncompressed.
	forms map[string][]byte
}

// codings in the order in which they are preferred.
var codings = [...]string{"br", "gzip"}

var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// allAssets reads and names the files once. They are part of the binary, so
// failing to read them is a fault of the build.
var allAssets = sync.OnceValue(func() map[string]*asset {
	entries, err := assetFiles.ReadDir("assets")
	if err != nil {
		panic(err)
	}
	all := make(map[string]*asset, len(entries))
	for _, e := range entries {
		body, err := assetFiles.ReadFile("assets/" + e.Name())
		if err != nil {
			panic(err)
		}
		all[e.Name()] = newAsset(e.Name(), body)
	}
	return all
})

func newAsset(name string, body []byte) *asset {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	return &asset{
		path:        "/static/" + hex.EncodeToString(sum[:8]) + ext,
		contentType: contentTypes[ext],
		forms:       map[string][]byte{"": body},
	}
}

// AssetPath is the address of an asset by the name of its file: "style.css".
// It panics for a name that does not exist: that is a fault of the program.
func AssetPath(name string) string {
	a, ok := allAssets()[name]
	if !ok {
		panic("ui: no asset " + name)
	}
	return a.path
}

// Assets serves every asset under /static/, compressed once at the start in
// brotli and gzip. An address it does not know is a 404.
func Assets() http.Handler {
	byPath := map[string]*asset{}
	for _, a := range allAssets() {
		byPath[a.path] = compressed(a)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := byPath[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		a.serve(w, r)
	})
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	coding := accepted(r.Header.Get("Accept-Encoding"))
	body := a.forms[coding]
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader is gone: nothing to do
	}
}

// accepted is the best coding that a reader takes; "" for none.
func accepted(header string) string {
	takes := map[string]bool{}
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		q := strings.ReplaceAll(params, " ", "")
		takes[strings.TrimSpace(name)] = q != "q=0" && q != "q=0.0"
	}
	for _, c := range codings {
		if takes[c] {
			return c
		}
	}
	return ""
}

func compressed(a *asset) *asset {
	body := a.forms[""]
	full := &asset{a.path, a.contentType, map[string][]byte{"": body}}
	full.forms["br"] = brotliOf(body)
	full.forms["gzip"] = gzipOf(body)
	return full
}

// brotliLevel is one at which packing needs little memory: each level from the
// next one on doubles the megabytes that a file takes, to gain a few bytes.
const brotliLevel = 6

func brotliOf(body []byte) []byte {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, brotliLevel)
	_, _ = w.Write(body) // into memory: cannot fail
	_ = w.Close()
	return b.Bytes()
}

func gzipOf(body []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}
