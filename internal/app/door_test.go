package app_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"birge/internal/birgetest"
	"birge/internal/forums"
	"birge/internal/platform/access"
	"birge/internal/platform/ref"

	"rsc.io/qr"
)

// aForum is the forum of the sample that runs, with those who are admitted.
func aForum(t *testing.T, s *birgetest.Sample) (f forums.Forum, admitted []forums.Registration) {
	t.Helper()
	list, err := s.Forums.List(t.Context(), access.Portal("test"))
	must(t, err)
	for _, c := range list {
		if c.State == forums.Running {
			f = c.Forum
		}
	}
	p, err := s.Forums.People(t.Context(), access.Portal("test"), f.ID)
	must(t, err)
	for _, x := range p.List {
		if x.State == forums.Admitted {
			admitted = append(admitted, x)
		}
	}
	if len(admitted) < 2 {
		t.Fatal("nobody is admitted")
	}
	return f, admitted
}

// A phone opens the door beforehand, loses its network, reads badges by its camera
// and by codes that are typed, takes down who walks in, is started anew without a
// network, and brings everything when there is one: each person counts once.
func TestADoorInABrowserWithoutANetwork(t *testing.T) {
	const file, width, height = "badge.y4m", 640, 480
	s := birgetest.StartFew(t)
	f, _ := aForum(t, s)
	before, err := s.Forums.Door(t.Context(), access.Portal("test"), f.ID)
	must(t, err)
	var fresh []forums.Registration
	for _, n := range []string{"camera", "typed", "elsewhere"} {
		a, err := s.Forums.WalkIn(t.Context(), access.Portal("test"), f.ID, theSession(t, s, f.ID), forums.Newcomer{Name: "Сынақ " + n, Kind: "guest"}, true)
		must(t, err)
		fresh = append(fresh, forums.Registration{Code: a.Code})
	}
	b := birgetest.BrowseWithCamera(t, picture(t, forums.BadgeText(f.ID, fresh[0].Code), width, height), file)
	_, link, err := s.Forums.AddDevice(t.Context(), access.Portal("test"), f.ID, "Сынақ кіреберісі")
	must(t, err)

	var down atomic.Bool // while it is, nobody answers
	road := wire(t, s.URL, &down)
	b.Width(360)
	b.Open(road + "/ru/devices/" + link)
	b.Await("[data-open]")
	b.Click("[data-open]")
	b.Await("[data-scan]")
	await(t, b, `caches.open("birge-door").then(c => c.keys()).then(k => k.length >= 5 && navigator.serviceWorker.controller !== null)`)
	down.Store(true)
	b.Open(road + "/ru/door")
	b.Await("[data-scan]")
	b.Click("[data-camera]")
	await(t, b, `document.querySelector("[data-count]").textContent == "1"`)
	b.Click("[data-camera]")
	b.Type("#code", strings.ToLower(fresh[1].Code)+"\r")
	await(t, b, `document.querySelector("[data-count]").textContent == "2"`)
	b.Type("#code", fresh[1].Code+"\r") // a badge that is shown twice
	await(t, b, `document.querySelector("[data-left]").textContent == "3"`)
	if said := b.Reads("[data-result]"); !strings.Contains(said, "на этом устройстве") {
		t.Errorf("a badge that is shown twice: %q", said)
	}
	b.Type("#code", fresh[2].Code+"\r")
	birgetest.Eval[bool](b, `(() => { const f = document.querySelector("[data-walk]"); f.elements.name.value = "Гүлнар Ахметова"; f.elements.kind.value = "media"; f.elements.consent.checked = true; f.requestSubmit(); return true })()`)
	await(t, b, `document.querySelector("[data-left]").textContent == "5"`)

	// Meanwhile somebody else lets one of them in, and the phone is started anew.
	_, err = s.Forums.CheckIn(t.Context(), access.Portal("test"), f.ID, 0, fresh[2].Code)
	must(t, err)
	b.Open(road + "/ru/door")
	b.Await("[data-scan]")
	await(t, b, `document.querySelector("[data-left]").textContent == "5"`)
	down.Store(false)
	b.Click("[data-send]")
	await(t, b, `document.querySelector("[data-left]").textContent == "0"`)
	b.Click("[data-send]")
	after, err := s.Forums.Door(t.Context(), access.Portal("test"), f.ID)
	must(t, err)
	d := after.Devices[len(after.Devices)-1]
	if after.Came != before.Came+4 || after.WalkIns != before.WalkIns+4 || d.Brought != 5 || len(after.Flags) != len(before.Flags)+2 {
		t.Errorf("came %d and then %d, walked in %d and then %d, brought %d, %d flags and then %d", before.Came, after.Came, before.WalkIns, after.WalkIns, d.Brought, len(before.Flags), len(after.Flags))
	}
	kept := birgetest.Eval[string](b, `new Promise(yes => { const r = indexedDB.open("birge-door"); r.onsuccess = () => { const g = r.result.transaction("scans").objectStore("scans").getAll(); g.onsuccess = () => yes(JSON.stringify(g.result)) } })`)
	if strings.Contains(kept, "Гүлнар") {
		t.Errorf("the phone still has the name of who walked in: %s", kept)
	}
	for _, v := range b.Violations() {
		t.Errorf("%s (%s)\n  %s", v.ID, v.Help, strings.Join(v.Nodes, "\n  "))
	}
	if by := b.ScrollsSideways(); by > 0 {
		t.Errorf("the page of the door scrolls sideways by %d", by)
	}
}

// wire leads to the portal by an address of its own, and breaks off while it is down.
func wire(t *testing.T, portal string, down *atomic.Bool) string {
	t.Helper()
	to, err := url.Parse(portal)
	must(t, err)
	proxy := httputil.NewSingleHostReverseProxy(to)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// theSession is a session of a forum.
func theSession(t *testing.T, s *birgetest.Sample, forum ref.ID) ref.ID {
	t.Helper()
	at, err := s.Forums.Door(t.Context(), access.Portal("test"), forum)
	must(t, err)
	return at.Sessions[0].ID
}

// await asks the page until it says yes.
func await(t *testing.T, b *birgetest.Browser, script string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !birgetest.Eval[bool](b, "Promise.resolve("+script+")"); {
		if time.Now().After(end) {
			t.Fatalf("the page never says yes to %s: %s", script, birgetest.Eval[string](b, `document.body.innerText`))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// picture is a moving picture, in the form that browsers take for a camera, of one
// code on a light wall.
func picture(t *testing.T, text string, width, height int) []byte {
	t.Helper()
	code, err := qr.Encode(text, qr.M)
	must(t, err)
	const dot, left, top = 8, 180, 100
	frame := make([]byte, width*height*3/2)
	for i := range frame {
		frame[i] = 128
	}
	for y := range height {
		for x := range width {
			frame[y*width+x] = 220
			if x >= left && y >= top && code.Black((x-left)/dot, (y-top)/dot) {
				frame[y*width+x] = 25
			}
		}
	}
	out := []byte(fmt.Sprintf("YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n", width, height))
	for range 3 {
		out = append(append(out, "FRAME\n"...), frame...)
	}
	return out
}

// What a device says is judged at the portal: without a key, with a wrong one, with
// what is no JSON, with too much.
func TestADeviceSpeaksByItsKey(t *testing.T) {
	s := birgetest.StartFew(t)
	f, people := aForum(t, s)
	_, link, err := s.Forums.AddDevice(t.Context(), access.Portal("test"), f.ID, "Сынақ")
	must(t, err)
	stranger := s.Stranger()
	a := stranger.With("Accept", "application/json").Post("/ru/devices/"+link, nil)
	_, key, _ := strings.Cut(a.Body, `"key":"`)
	key, _, _ = strings.Cut(key, `"`)
	if a.Status != http.StatusOK || key == "" || strings.Contains(a.Body, people[0].Code) || strings.Contains(a.Body, people[0].Name) {
		t.Fatalf("opening answers %d; a code or a name is on the list: %s", a.Status, a.Body)
	}
	if a := stranger.Post("/ru/devices/"+link, nil); a.Status != http.StatusNotFound {
		t.Errorf("opening twice answers %d", a.Status)
	}
	scan := func(seq int) string {
		return fmt.Sprintf(`{"seq":%d,"at":1,"session":"","code":%q}`, seq, people[1].Code)
	}
	for name, c := range map[string]struct {
		key, body string
		status    int
		says      string
	}{
		"no key":         {"", "{}", http.StatusUnauthorized, ""},
		"a wrong key":    {"Bearer x", "{}", http.StatusUnauthorized, ""},
		"no JSON":        {"Bearer " + key, "<", http.StatusUnprocessableEntity, ""},
		"too much":       {"Bearer " + key, `{"scans":[` + strings.Repeat(scan(1)+",", 600) + scan(2) + `]}`, http.StatusUnprocessableEntity, ""},
		"nothing":        {"Bearer " + key, `{"now":1}`, http.StatusOK, `"answers":[]`},
		"the whole list": {"Bearer " + key, `{"now":1,"ask":true}`, http.StatusOK, `"people":[[`},
	} {
		r := stranger.With("Content-Type", "application/json").With("Accept", "application/json")
		if c.key != "" {
			r = r.With("Authorization", c.key)
		}
		if a := r.Send(http.MethodPost, "/api/v1/door", strings.NewReader(c.body)); a.Status != c.status || !strings.Contains(a.Body, c.says) {
			t.Errorf("%s: %d %.200s", name, a.Status, a.Body)
		}
	}
	if a := stranger.Get("/ru/door"); !strings.Contains(a.Header.Get("Content-Security-Policy"), "'wasm-unsafe-eval'") || !strings.Contains(a.Header.Get("Permissions-Policy"), "camera=(self)") {
		t.Errorf("the page of the door may not use the camera: %v", a.Header)
	}
	if a := stranger.Get("/ru/forums"); strings.Contains(a.Header.Get("Content-Security-Policy"), "wasm") || !strings.Contains(a.Header.Get("Permissions-Policy"), "camera=()") {
		t.Errorf("other pages may use the camera: %v", a.Header)
	}
}
