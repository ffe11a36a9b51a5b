package app

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"birge/internal/forums"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// certificate writes a certificate for a name, and its key.
func certificate(t *testing.T, name string) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	plan := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotBefore: time.Unix(0, 0), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, plan, plan, &k.PublicKey, k)
	must(t, err)
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	must(t, err)
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	must(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	must(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), 0o600))
	return cert, key
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// aPortalWithAHall is a portal with a forum of one session and people to whom codes
// were given.
func aPortalWithAHall(t *testing.T, people int) (p *Portal, f forums.Forum) {
	t.Helper()
	ctx, clock := t.Context(), dbtest.NewClock()
	p, err := Open(ctx, Config{Data: t.TempDir(), Zone: "Asia/Almaty", Base: "https://birge.example", Clock: clock.Now, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	t.Cleanup(func() { must(t, p.Close()) })
	must(t, p.LoadFacts(ctx))
	place := p.Places.Tree().Regions()[0]
	officer := access.Actor{UserID: 1, Grants: []access.Grant{{Role: access.Officer, Scope: place.ID}}}
	body, err := p.Orgs.Create(ctx, officer, orgs.Draft{Kind: "state_body", Name: i18n.Text{KK: "Басқарма"}, PlaceID: place.ID})
	must(t, err)
	today := p.Forums.Today()
	f, err = p.Forums.Create(ctx, officer, forums.NewForum{Plan: forums.Plan{Title: i18n.Text{KK: "Форум"}, Theme: i18n.Text{KK: "Бірге"}, PlaceID: place.ID, OrganizerID: body.ID,
		From: today, Until: today, RegistrationOpens: today, RegistrationCloses: today}})
	must(t, err)
	f, err = p.Forums.Announce(ctx, officer, f.ID)
	must(t, err)
	_, err = p.Forums.PlanSession(ctx, officer, f.ID, 0, 0, forums.NewSession{SessionPlan: forums.SessionPlan{Kind: forums.Plenary, Title: i18n.Text{KK: "Ашылу"}}})
	must(t, err)
	must(t, p.Forums.SetQuota(ctx, officer, f.ID, forums.Everybody, int64(people)))
	for i := range people {
		must(t, p.Forums.Register(ctx, access.Actor{}, f.ID, forums.NewRegistration{Kind: "ngo", PlaceID: place.ID, Consent: true,
			Private: forums.Private{Name: fmt.Sprint("Қатысушы ", i), Email: fmt.Sprintf("p%d@x.kz", i), Lang: i18n.KK, Note: "token"}}))
	}
	all, err := p.Forums.People(ctx, officer, f.ID)
	must(t, err)
	var ids []ref.ID
	for _, x := range all.List {
		ids = append(ids, x.ID)
	}
	must(t, p.Forums.Answer(ctx, officer, f.ID, ids, true))
	return p, f
}

// The hall of a forum goes along as a file, is served under the portal's name with its
// certificate, and comes home once.
func TestAHallIsTakenAlong(t *testing.T) {
	ctx := t.Context()
	home, f := aPortalWithAHall(t, 12)
	file, folder := filepath.Join(t.TempDir(), "hall.birge"), filepath.Join(t.TempDir(), "hall")
	packed, err := home.packHall(ctx, f.ID, file)
	must(t, err)
	if _, err := home.packHall(ctx, f.ID, file); err == nil {
		t.Error("a file was written over")
	}
	if _, err := home.packHall(ctx, f.ID, file+"2"); !problem.Is(err, problem.Conflict) {
		t.Errorf("packed twice: %v", err)
	}
	b, err := os.ReadFile(file)
	must(t, err)
	for _, word := range []string{"@", "password", "token", "email"} {
		if strings.Contains(string(b), word) {
			t.Errorf("%q travels in the luggage", word)
		}
	}
	l, err := readLuggage(file)
	must(t, err)
	wrong := &hallServeCommand{}
	wrong.Cert, wrong.Key = certificate(t, "elsewhere.example")
	if _, err := wrong.certificate(l.Base); err == nil {
		t.Error("a certificate of another name was taken")
	}
	right := &hallServeCommand{}
	right.Cert, right.Key = certificate(t, "birge.example")
	secure, err := right.certificate(l.Base)
	must(t, err)

	laptop, err := openHall(ctx, Config{Data: folder, Zone: "Asia/Almaty", Clock: home.Config.Clock, Log: home.Config.Log}, l, true)
	must(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	serving, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- laptop.RunOn(serving, tls.NewListener(listener, secure)) }()
	must(t, laptop.AwaitReady(ctx))
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) { // the Wi-Fi of the hall leads the name here
			return new(net.Dialer).DialContext(ctx, network, listener.Addr().String())
		}}}
	ask := func(path string, form url.Values) (*http.Response, string) {
		t.Helper()
		r, err := browser.Get("https://birge.example" + path)
		if form != nil {
			r, err = browser.PostForm("https://birge.example"+path, form)
		}
		must(t, err)
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		must(t, err)
		return r, string(body)
	}
	at := "/kk/forums/" + f.ID.String() + "/hall"
	if r, _ := ask("/kk/", nil); r.Header.Get("Location") != at {
		t.Errorf("the front page leads to %q", r.Header.Get("Location"))
	}
	for path, want := range map[string]int{at: 200, "/kk/projects": 404, "/kk/sign-in": 404, "/kk/forums/" + f.ID.String() + "/people": 404} {
		if r, _ := ask(path, nil); r.StatusCode != want {
			t.Errorf("the laptop answers %d at %s", r.StatusCode, path)
		}
	}
	links, err := laptop.Forums.LaptopLinks(ctx, f.ID)
	must(t, err)
	lead, session := "/kk/hall/"+links[0].Leads, links[0].Session.ID.String()
	var phones []string
	for _, g := range l.People {
		r, _ := ask(at, url.Values{"code": {g.Code}})
		phones = append(phones, r.Header.Get("Location"))
	}
	if r, body := ask(lead, url.Values{"do": {"vote"}, "manner": {"secret"}, "subject.kk": {"Жасырын ба?"}}); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("a secret vote: %d %s", r.StatusCode, body)
	}
	h, err := laptop.Forums.Hall(ctx, links[0].Leads, 0)
	must(t, err)
	for _, phone := range phones {
		if r, _ := ask(phone, url.Values{"do": {"cast"}, "id": {h.Votes[0].ID.String()}, "session": {session}, "choice": {"0"}}); r.StatusCode != http.StatusSeeOther {
			t.Errorf("a ballot: %d", r.StatusCode)
		}
	}
	if r, _ := ask(lead, url.Values{"do": {"close"}, "id": {h.Votes[0].ID.String()}}); r.StatusCode != http.StatusSeeOther {
		t.Errorf("closing: %d", r.StatusCode)
	}
	back := filepath.Join(t.TempDir(), "home.birge")
	must(t, laptop.endHall(ctx, l, back)) // while it is served
	stop()
	must(t, <-ended)
	must(t, laptop.Close())

	must(t, home.bringHome(ctx, back))
	if err := home.bringHome(ctx, back); !problem.Is(err, problem.Conflict) {
		t.Errorf("brought home twice: %v", err)
	}
	e, err := home.Forums.EndedVotes(ctx, byHall, f.ID)
	must(t, err)
	if len(e.Votes) != 1 || e.Votes[0].Result.Counts[0] != int64(len(packed.People)) || e.Votes[0].Manner != forums.Secretly {
		t.Errorf("%+v", e.Votes)
	}
	must(t, home.Sealer.Seal(ctx))
	must(t, home.verify(ctx, ""))
}

// Without a certificate the hall says on its page what it has not, and why.
func TestAHallWithoutACertificate(t *testing.T) {
	ctx := t.Context()
	home, f := aPortalWithAHall(t, 11)
	l, err := home.packHall(ctx, f.ID, filepath.Join(t.TempDir(), "hall.birge"))
	must(t, err)
	folder := filepath.Join(t.TempDir(), "hall")
	open := func() *Portal {
		t.Helper()
		laptop, err := openHall(ctx, Config{Data: folder, Zone: "Asia/Almaty", Clock: home.Config.Clock, Log: home.Config.Log}, l, false)
		must(t, err)
		return laptop
	}
	must(t, open().Close())
	laptop := open() // the same folder again
	defer laptop.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	serving, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- laptop.RunOn(serving, listener) }()
	must(t, laptop.AwaitReady(ctx))
	links, err := laptop.Forums.LaptopLinks(ctx, f.ID)
	must(t, err)
	for _, l := range i18n.Langs {
		r, err := http.Get("http://" + listener.Addr().String() + "/" + string(l) + "/hall/" + links[0].Leads)
		must(t, err)
		body, err := io.ReadAll(r.Body)
		must(t, errors.Join(err, r.Body.Close()))
		if !strings.Contains(string(body), laptop.Words.Printer(l).T("forums.on_laptop_plain")) || strings.Contains(string(body), `value="secret"`) {
			t.Errorf("%s: the page does not say why there is no secret vote", l)
		}
	}
	everyLinkLeadsSomewhere(t, "http://"+listener.Addr().String(), laptop, links[0], l.People[0].Code)
	stop()
	must(t, <-ended)
	other := l
	other.Pack.ID++
	if _, err := openHall(ctx, Config{Data: folder, Zone: "Asia/Almaty"}, other, false); !problem.Is(err, problem.Conflict) {
		t.Errorf("the folder of another hall: %v", err)
	}
	if _, err := Open(ctx, Config{Data: folder, Zone: "Asia/Almaty"}); !problem.Is(err, problem.Conflict) {
		t.Errorf("a hall is opened as a portal: %v", err)
	}
}

// everyLinkLeadsSomewhere opens every page of a laptop and whatever it links to: the
// portal is not there, so no page may lead to it.
func everyLinkLeadsSomewhere(t *testing.T, origin string, laptop *Portal, links forums.SessionLinks, code string) {
	t.Helper()
	ctx, session := t.Context(), links.Session.ID
	phone, err := laptop.Forums.EnterByCode(ctx, laptop.Config.Hall, code)
	must(t, err)
	v, err := laptop.Forums.OpenVote(ctx, byHall, links.Leads, forums.NewVote{Manner: forums.Openly, Subject: i18n.Text{KK: "Ашық па?"}}, false)
	must(t, err)
	must(t, laptop.Forums.Cast(ctx, byHall, phone, v.ID, 0, false))
	_, err = laptop.Forums.CloseVote(ctx, byHall, links.Leads, v.ID)
	must(t, err)
	must(t, laptop.Forums.Ask(ctx, byHall, phone, session, "Неге?", i18n.KK, true))
	wanted := map[string]int{"/nothing/here": http.StatusNotFound}
	queue := []string{"/nothing/here", "/hall/" + links.Leads, "/hall/" + links.Shows, "/hall/" + phone, "/forums/" + laptop.Config.Hall.String() + "/hall", "/help/hall"}
	for i, path := range queue {
		queue[i] = "/ru" + path
		for _, l := range []i18n.Lang{i18n.KK, i18n.EN} {
			queue = append(queue, "/"+string(l)+path)
		}
	}
	seen := map[string]bool{}
	reference := regexp.MustCompile(` (?:href|src|action)="(/[^"]*)"`)
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		r, err := http.Get(origin + path)
		must(t, err)
		body, err := io.ReadAll(r.Body)
		must(t, errors.Join(err, r.Body.Close()))
		want := http.StatusOK
		if len(path) > 3 && wanted[path[3:]] != 0 {
			want = wanted[path[3:]]
		}
		if r.StatusCode != want {
			t.Errorf("%s answers %d on a laptop, want %d", path, r.StatusCode, want)
		}
		if strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
			for _, m := range reference.FindAllStringSubmatch(string(body), -1) {
				queue = append(queue, html.UnescapeString(m[1]))
			}
		}
	}
	if !seen["/kk/help/hall"] || !seen["/ru/hall/"+phone+"/votes/"+v.ID.String()] {
		t.Error("the pages lead neither to the help nor to who chose what")
	}
}
