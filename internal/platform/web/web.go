// Package web is the portal's way to speak HTTP: routes with gates, requests that
// know their language and their actor, forms that lose nothing, failures turned
// into pages in one place, and whole pages kept in memory for strangers.
//
// It knows no room and draws nothing: the app hands it the routes of the rooms
// and the component that shows a failure.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"

	"github.com/a-h/templ"
	"github.com/prometheus/client_golang/prometheus"
)

// Handler answers one request or says why not; web.Server turns the error into
// an answer.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Gate says who may knock at a door. The right to the thing behind it is checked
// by the room on the loaded row.
type Gate string

// The gates. A role as a gate is written "role:officer".
const (
	GatePublic   Gate = "public"
	GateSignedIn Gate = "signed in"
)

func gateOf(role access.Role) Gate { return Gate("role:" + string(role)) }

// Route is a door: pattern, gate and what lies behind. It is made by Public,
// SignedIn, Only or one of their Raw forms.
type Route struct {
	pattern string // "GET /projects/{id}"
	gate    Gate
	roles   []access.Role
	handle  Handler
	raw     bool // without language in the path
	kept    bool
	frames  bool
	camera  bool
	body    int64
	perMin  int
}

const defaultBody = 1 << 20

func route(gate Gate, pattern string, h Handler) Route {
	return Route{pattern: pattern, gate: gate, handle: h, body: defaultBody}
}

// Public is a page for everybody, under /kk, /ru and /en. What a GET shows to
// strangers is kept in memory until an entry touches one of its keys.
func Public(pattern string, h Handler) Route {
	rt := route(GatePublic, pattern, h)
	rt.kept = strings.HasPrefix(pattern, "GET ")
	return rt
}

// SignedIn is a page for people who are signed in.
func SignedIn(pattern string, h Handler) Route { return route(GateSignedIn, pattern, h) }

// Only is a page for people who hold one of the roles for anything.
func Only(pattern string, h Handler, roles ...access.Role) Route {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	rt := route(gateOf(access.Role(strings.Join(names, "|"))), pattern, h)
	rt.roles = roles
	return rt
}

// PublicRaw is a public door without language: API, feeds, files.
func PublicRaw(pattern string, h Handler) Route {
	rt := Public(pattern, h)
	rt.raw = true
	return rt
}

// Unkept is the route without memory: streams, and pages that differ by reader.
func (rt Route) Unkept() Route { rt.kept = false; return rt }

// Embeddable lets other sites show the page in a frame.
func (rt Route) Embeddable() Route { rt.frames = true; return rt }

// Camera lets the page use the camera, and programs for it in WebAssembly.
func (rt Route) Camera() Route { rt.camera = true; return rt }

// Body is the route taking bodies up to max bytes, 1 MiB otherwise.
func (rt Route) Body(max int64) Route { rt.body = max; return rt }

// PerMinute limits the route to n requests a minute from one address.
func (rt Route) PerMinute(n int) Route { rt.perMin = n; return rt }

// Door is the route as a line of the golden list of doors.
func (rt Route) Door() string {
	method, path, _ := strings.Cut(rt.pattern, " ")
	if !rt.raw {
		path = "/{lang}" + path
	}
	return method + " " + path + " · " + string(rt.gate)
}

// Config is what the server needs to know of the portal.
type Config struct {
	Words *i18n.Words
	// Zone is the zone in which the portal shows time.
	Zone *time.Location
	// Now is the portal's clock.
	Now func() time.Time
	// Base is the public origin, "https://birge.example"; empty means as asked.
	Base string
	// Nav lists the sections of the portal.
	Nav []Section
	// Alone lists what there is beside a page where there are no sections; nil on a
	// portal.
	Alone []Section
	// Sample tells that the portal shows sample data.
	Sample bool
	// Actor finds who sends a request by the token of the session cookie.
	Actor func(ctx context.Context, token string) (access.Actor, error)
	// Failure draws the page of a failure.
	Failure func(r *http.Request, status int, p *problem.Problem) templ.Component
	// Memory keeps pages; nil keeps none.
	Memory *Memory
	Log    *slog.Logger
	// Metrics takes the server's counters; nil counts nothing.
	Metrics prometheus.Registerer
	// TrustProxy believes X-Forwarded-For and X-Forwarded-Proto: only behind a proxy.
	TrustProxy bool
}

// Section is one entry of the portal's navigation: a message key and an address
// without language. Parts are the lists that share the entry, itself among them; their
// heads lead from one to the other.
type Section struct {
	Key, Path string
	Parts     []Section
}
