package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"

	"github.com/go-chi/httprate"
	"github.com/klauspost/compress/gzhttp"
	"github.com/prometheus/client_golang/prometheus"
)

// Server answers every request of the portal.
type Server struct {
	config  Config
	mux     *http.ServeMux
	handler http.Handler
	doors   []string
	seconds *prometheus.HistogramVec
	sent    *sent
}

// NewServer builds the server of a list of routes and of plain handlers beside
// them (static files, health). Two routes that could both match are a panic at
// start, which a test meets first.
func NewServer(c Config, routes []Route, plain map[string]http.Handler) (*Server, error) {
	s := &Server{config: c, mux: http.NewServeMux(), sent: newSent()}
	if c.Metrics != nil {
		s.seconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "birge_http_seconds", Help: "Time to answer a request, by route and status.",
			Buckets: []float64{.001, .003, .01, .03, .1, .3, 1, 3, 10},
		}, []string{"route", "status"})
		if err := c.Metrics.Register(s.seconds); err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
	}
	for _, rt := range routes {
		s.add(rt)
	}
	for pattern, h := range plain {
		s.mux.Handle(pattern, h)
	}
	s.mux.Handle("GET /{$}", s.wrap(Route{pattern: "GET /", gate: GatePublic, raw: true, body: defaultBody, handle: toLanguage}))
	s.mux.Handle("/", s.wrap(Route{pattern: "/", gate: GatePublic, raw: true, body: defaultBody, handle: nowhere}))
	pack, err := gzhttp.NewWrapper(gzhttp.MinSize(minPacked), gzhttp.EnableZstd(false)) // an encoder of zstd holds megabytes
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(s.wrap(Route{gate: GatePublic, raw: true, body: defaultBody, handle: func(http.ResponseWriter, *http.Request) error {
		return problem.New(problem.Forbidden, "problem.cross_origin")
	}}))
	s.handler = guard.Handler(pack(s.mux))
	slices.Sort(s.doors)
	return s, nil
}

// Doors lists every door with its gate, for the golden list.
func (s *Server) Doors() []string { return s.doors }

func (s *Server) add(rt Route) {
	s.doors = append(s.doors, rt.Door())
	method, path, _ := strings.Cut(rt.pattern, " ")
	if rt.raw {
		s.mux.Handle(rt.pattern, s.wrap(rt))
		return
	}
	h := s.wrap(rt)
	for _, l := range i18n.Langs {
		p := "/" + string(l) + path
		if path == "/" {
			p += "{$}"
		}
		s.mux.Handle(method+" "+p, h)
	}
}

// ServeHTTP answers a page that is kept before anything else is looked at.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.headers(w.Header())
	if p := s.kept(r); p != nil {
		began := time.Now()
		status := p.serve(w, r)
		s.observe("memory", status, began)
		s.log(r.Context(), newID(), p.route, p.lang, status, began)
		return
	}
	s.handler.ServeHTTP(w, r)
}

func (s *Server) kept(r *http.Request) *page {
	if s.config.Memory == nil || r.Method != http.MethodGet && r.Method != http.MethodHead || strings.Contains(r.Header.Get("Cookie"), SessionCookie+"=") {
		return nil
	}
	return s.config.Memory.lookup(r.URL, s.config.Now())
}

// programs lets a page run programs in WebAssembly.
var programs = strings.Replace(policy, "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", 1) + "'none'"

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; manifest-src 'self'; frame-ancestors "

var safe = http.Header{
	"Content-Security-Policy":    {policy + "'none'"},
	"X-Content-Type-Options":     {"nosniff"},
	"Referrer-Policy":            {"same-origin"},
	"Cross-Origin-Opener-Policy": {"same-origin"},
	"Permissions-Policy":         {"camera=(), microphone=(), geolocation=(), payment=()"},
}

var transport = []string{"max-age=31536000"}

func (s *Server) headers(h http.Header) {
	for k, v := range safe {
		h[k] = v
	}
	if strings.HasPrefix(s.config.Base, "https://") {
		h["Strict-Transport-Security"] = transport
	}
}

// wrap is everything between the mux and a handler: context, gate, limits, log.
func (s *Server) wrap(rt Route) http.Handler {
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = withInfo(r, s.infoOf(r))
		out := &observed{ResponseWriter: w}
		began := time.Now()
		defer func() { // r is a copy: net/http does not see which files its form has
			if r.MultipartForm != nil {
				_ = r.MultipartForm.RemoveAll()
			}
		}()
		defer func() {
			if v := recover(); v != nil {
				if v == http.ErrAbortHandler {
					panic(v)
				}
				s.fail(out, r, fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
			}
			s.tell(rt, r, out.status, began)
		}()
		if rt.body > defaultBody {
			infoOf(r).rest = r.Body
		}
		r.Body = http.MaxBytesReader(out, r.Body, rt.body)
		if rt.frames {
			out.Header().Set("Content-Security-Policy", policy+"*")
		}
		if rt.camera {
			out.Header().Set("Content-Security-Policy", programs)
			out.Header().Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=(), payment=()")
		}
		s.answer(out, r, rt)
	})
	if rt.perMin > 0 {
		h = httprate.LimitBy(rt.perMin, time.Minute, s.reader, httprate.WithLimitHandler(func(w http.ResponseWriter, r *http.Request) {
			s.fail(w, withInfo(r, s.infoOf(r)), problem.New(problem.TooMany, "problem.too_many"))
		}))(h)
	}
	return h
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, rt Route) {
	if err := s.enter(r, rt); err != nil {
		s.fail(w, r, err)
		return
	}
	in := infoOf(r)
	if s.config.Memory == nil || !rt.kept || in.actor.SignedIn() {
		if in.actor.SignedIn() {
			w.Header().Set("Cache-Control", "private, no-store")
		}
		take := func(w http.ResponseWriter, r *http.Request) {
			if err := rt.handle(w, r); err != nil {
				s.fail(w, r, err)
			}
		}
		if key, ok := keyOf(r); ok {
			s.sent.once(key, w, r, take)
			return
		}
		take(w, r)
		return
	}
	begun := s.config.Memory.begin()
	c := &capture{header: w.Header().Clone()}
	if err := rt.handle(c, r); err != nil {
		s.fail(w, r, err)
		return
	}
	if c.status == http.StatusOK && len(c.header["Set-Cookie"]) == 0 {
		Until(r, midnight(Now(r)))
		p := newPage(c.header, c.body.Bytes(), begun, in.until)
		p.route, p.lang = rt.pattern, in.lang
		s.config.Memory.keep(address(r.URL), p, append(in.keys, AllPages))
		p.serve(w, r)
		return
	}
	c.send(w)
}

// AllPages is the key that every kept page has: words, norms, lists of terms.
const AllPages = "*"

func midnight(now time.Time) time.Time {
	y, m, d := now.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, now.Location())
}

// enter finds the actor and checks the gate.
func (s *Server) enter(r *http.Request, rt Route) error {
	in := infoOf(r)
	if c, err := r.Cookie(SessionCookie); err == nil && s.config.Actor != nil {
		a, err := s.config.Actor(r.Context(), c.Value)
		if err != nil {
			return err
		}
		in.actor = a
	}
	if rt.gate == GatePublic {
		return nil
	}
	if !in.actor.SignedIn() {
		return problem.New(problem.Unauthenticated, "problem.sign_in")
	}
	if len(rt.roles) > 0 && !slices.ContainsFunc(rt.roles, in.actor.HasAny) {
		return problem.New(problem.Forbidden, "problem.forbidden")
	}
	return nil
}

func (s *Server) infoOf(r *http.Request) *info {
	lang, _ := splitLang(r.URL.Path)
	if lang == "" {
		if l, ok := i18n.ParseLang(r.URL.Query().Get("lang")); ok {
			lang = l
		} else {
			lang = negotiate(r)
		}
	}
	return &info{config: &s.config, lang: lang, words: s.config.Words.Printer(lang), id: newID()}
}

// newID makes an id under which the log knows a request.
func newID() string { return rand.Text()[:12] }

// reader is the address that limits count by.
func (s *Server) reader(r *http.Request) (string, error) {
	if s.config.TrustProxy {
		if f := r.Header.Get("X-Forwarded-For"); f != "" {
			last := f[strings.LastIndexByte(f, ',')+1:]
			return httprate.CanonicalizeIP(strings.TrimSpace(last)), nil
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	return httprate.CanonicalizeIP(host), err
}

func (s *Server) tell(rt Route, r *http.Request, status int, began time.Time) {
	status = max(status, http.StatusOK)
	s.observe(rt.pattern, status, began)
	s.log(r.Context(), RequestID(r), rt.pattern, Lang(r), status, began)
}

func (s *Server) log(ctx context.Context, id, route string, lang i18n.Lang, status int, began time.Time) {
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	s.config.Log.LogAttrs(ctx, level, "request", slog.String("id", id), slog.String("route", route),
		slog.String("lang", string(lang)), slog.Int("status", status), slog.Duration("took", time.Since(began)))
}

func (s *Server) observe(route string, status int, began time.Time) {
	if s.seconds != nil {
		s.seconds.WithLabelValues(route, strconv.Itoa(status)).Observe(time.Since(began).Seconds())
	}
}

// toLanguage sends "/" to the front page in the reader's language.
func toLanguage(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Vary", "Accept-Language")
	http.Redirect(w, r, Path(r, "/"), http.StatusFound)
	return nil
}

// nowhere answers addresses that no route has; one with a slash too many, or
// without its language, is sent to the right one.
func nowhere(w http.ResponseWriter, r *http.Request) error {
	l, rest := splitLang(r.URL.Path)
	reading := r.Method == http.MethodGet || r.Method == http.MethodHead
	if reading && l != "" && len(rest) > 1 && strings.HasSuffix(rest, "/") {
		http.Redirect(w, r, "/"+string(l)+"/"+strings.Trim(rest, "/"), http.StatusMovedPermanently)
		return nil
	}
	if first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/"); l == "" && len(first) == 2 {
		return problem.New(problem.NotFound, "problem.unknown_language", "lang", first)
	}
	return problem.New(problem.NotFound, "problem.not_found")
}

// observed remembers the status that was sent.
type observed struct {
	http.ResponseWriter
	status int
}

func (o *observed) WriteHeader(status int) {
	if o.status == 0 {
		o.status = status
	}
	o.ResponseWriter.WriteHeader(status)
}

func (o *observed) Write(b []byte) (int, error) {
	if o.status == 0 {
		o.status = http.StatusOK
	}
	return o.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (o *observed) Unwrap() http.ResponseWriter { return o.ResponseWriter }
