package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"birge/internal/platform/i18n"

	"github.com/andybalholm/brotli"
	"github.com/maypok86/otter/v2"
)

// Memory keeps whole answers for readers who are not signed in, bounded by
// their weight. A page remembers the surrogate keys of what it shows and asked;
// it is served while no entry touched one of them since it was begun, and until
// a clock on it turns.
type Memory struct {
	pages *otter.Cache[string, *page]

	mu    sync.Mutex
	turn  uint64 // counts the drops
	floor uint64 // pages begun before this turn are not kept
	cells map[string]*atomic.Uint64

	Hits, Misses atomic.Int64
}

// page is one kept answer.
type page struct {
	route  string
	lang   i18n.Lang
	header http.Header
	etag   string
	until  time.Time
	begun  uint64
	cells  []*atomic.Uint64
	plain  []byte
	br, gz packed
}

// maxCells bounds the memory of keys; past it everything is forgotten at once.
const maxCells = 200_000

// NewMemory keeps pages up to a weight in bytes.
func NewMemory(bytes uint64) *Memory {
	return &Memory{
		cells: map[string]*atomic.Uint64{},
		pages: otter.Must(&otter.Options[string, *page]{
			MaximumWeight: bytes,
			Weigher:       func(k string, p *page) uint32 { return uint32(len(k) + 2*len(p.plain) + 512) },
		}),
	}
}

// Begin gives the turn at which a page is begun; keep refuses the page when one
// of its keys is dropped after it.
func (m *Memory) begin() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.turn
}

// Drop forgets every page that touches one of the keys.
func (m *Memory) Drop(keys ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn++
	for _, k := range keys {
		m.cell(k).Store(m.turn)
	}
	if len(m.cells) > maxCells {
		m.forget()
	}
}

// DropAll forgets every page.
func (m *Memory) DropAll() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn++
	m.forget()
}

func (m *Memory) forget() {
	m.floor = m.turn
	m.cells = map[string]*atomic.Uint64{}
	m.pages.InvalidateAll()
}

func (m *Memory) cell(key string) *atomic.Uint64 {
	c := m.cells[key]
	if c == nil {
		c = new(atomic.Uint64)
		m.cells[key] = c
	}
	return c
}

func (m *Memory) keep(address string, p *page, keys []string) {
	m.mu.Lock()
	if p.begun < m.floor {
		m.mu.Unlock()
		return
	}
	for _, k := range keys {
		p.cells = append(p.cells, m.cell(k))
	}
	m.mu.Unlock()
	if p.fresh(time.Time{}) {
		m.pages.Set(address, p)
	}
}

// fresh tells that nothing on the page was touched and no clock turned by now.
func (p *page) fresh(now time.Time) bool {
	for _, c := range p.cells {
		if c.Load() > p.begun {
			return false
		}
	}
	return now.Before(p.until)
}

// lookup finds a page by its address as it is, which is the canonical one when a
// page of the portal has led there, or else by its canonical address.
func (m *Memory) lookup(u *url.URL, now time.Time) *page {
	asked := u.Path
	if u.RawQuery != "" {
		asked += "?" + u.RawQuery
	}
	p, ok := m.pages.GetIfPresent(asked)
	if !ok && u.RawQuery != "" {
		p, ok = m.pages.GetIfPresent(address(u))
	}
	if !ok || !p.fresh(now) {
		m.Misses.Add(1)
		return nil
	}
	m.Hits.Add(1)
	return p
}

// address is the canonical address of a page: path and sorted query.
func address(u *url.URL) string {
	if u.RawQuery == "" {
		return u.Path
	}
	return u.Path + "?" + u.Query().Encode()
}

func newPage(header http.Header, body []byte, begun uint64, until time.Time) *page {
	sum := sha256.Sum256(body)
	etag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	h := header.Clone()
	h.Set("ETag", etag)
	h.Set("Cache-Control", "public, no-cache")
	return &page{header: h, etag: etag, until: until, begun: begun, plain: bytes.Clone(body)}
}

// packed is a page in one coding, packed when somebody first asks for it.
type packed struct {
	once sync.Once
	body []byte
}

// packer writes one coding; packers are used again, since each holds a megabyte.
type packer interface {
	io.WriteCloser
	Reset(io.Writer)
}

var (
	brotlis = sync.Pool{New: func() any { return brotli.NewWriterLevel(nil, 5) }}
	gzips   = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}
)

func (p *packed) of(plain []byte, packers *sync.Pool) []byte {
	p.once.Do(func() {
		var b bytes.Buffer
		w := packers.Get().(packer)
		defer packers.Put(w)
		w.Reset(&b)
		_, _ = w.Write(plain) // into memory: cannot fail
		_ = w.Close()
		p.body = bytes.Clone(b.Bytes())
	})
	return p.body
}

// minPacked is the size under which packing gains nothing.
const minPacked = 1024

// serve answers a request from the kept page and tells the status.
func (p *page) serve(w http.ResponseWriter, r *http.Request) (status int) {
	h := w.Header()
	for k, v := range p.header {
		h[k] = v
	}
	if match := r.Header.Get("If-None-Match"); match != "" && strings.Contains(match, p.etag) {
		w.WriteHeader(http.StatusNotModified)
		return http.StatusNotModified
	}
	body := p.plain
	if accept := r.Header.Get("Accept-Encoding"); len(body) >= minPacked && accept != "" {
		h["Vary"] = vary
		switch {
		case accepts(accept, "br"):
			body, h["Content-Encoding"] = p.br.of(p.plain, &brotlis), brotliName
		case accepts(accept, "gzip"):
			body, h["Content-Encoding"] = p.gz.of(p.plain, &gzips), gzipName
		}
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
	return http.StatusOK
}

var (
	vary       = []string{"Accept-Encoding"}
	gzipName   = []string{"gzip"}
	brotliName = []string{"br"}
)

func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(part, ";")
		if strings.TrimSpace(name) == coding {
			return strings.ReplaceAll(strings.TrimSpace(q), " ", "") != "q=0"
		}
	}
	return false
}

// capture holds an answer back until it is whole.
type capture struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (c *capture) Header() http.Header { return c.header }

// send gives the answer to the reader.
func (c *capture) send(w http.ResponseWriter) {
	for k, v := range c.header {
		w.Header()[k] = v
	}
	w.WriteHeader(max(c.status, http.StatusOK))
	_, _ = w.Write(c.body.Bytes())
}

func (c *capture) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
}

func (c *capture) Write(b []byte) (int, error) {
	c.WriteHeader(http.StatusOK)
	return c.body.Write(b)
}
