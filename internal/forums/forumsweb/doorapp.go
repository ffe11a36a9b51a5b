package forumsweb

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"birge/internal/forums"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"rsc.io/qr"
)

// worker keeps the page of the door for when there is no network.
//
//go:embed worker.js
var worker []byte

// decoder is the program of the folder decoder, compressed: it reads the code of a
// picture where the browser has no reader of its own. ./dev generate makes it anew.
//
//go:embed decoder.wasm.gz
var decoder []byte

// decoderPath changes with the program, so browsers may keep it for ever.
func decoderPath() string {
	sum := sha256.Sum256(decoder)
	return "/door.wasm?v=" + hex.EncodeToString(sum[:8])
}

// serveWorker gives the program that keeps the page of the door.
func (h *Pages) serveWorker(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, err := w.Write(worker)
	return err
}

// serveDecoder gives the program that reads codes.
func (h *Pages) serveDecoder(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "application/wasm")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		_, err := w.Write(decoder)
		return err
	}
	plain, err := gzip.NewReader(bytes.NewReader(decoder))
	if err == nil {
		_, err = io.Copy(w, plain)
	}
	return err
}

// deviceView is the page by which a device is opened.
type deviceView struct {
	ui.Page
	device forums.Device
	forum  forums.Forum
	link   string // whole, to be read by the device
	size   int    // of the code of the link
	dots   string
}

func (h *Pages) devicePage(w http.ResponseWriter, r *http.Request) error {
	d, f, err := h.Forums.Prepared(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	v := deviceView{Page: ui.PageOf(r, web.Words(r).T("forums.open_device")), device: d, forum: f, link: web.Base(r) + web.Path(r, "/devices/"+r.PathValue("token"))}
	if v.size, v.dots, err = dots(v.link); err != nil {
		return err
	}
	v.NoIndex = true
	v.Page.Sample = v.Page.Sample || f.Sample
	v.Crumbs = []ui.Crumb{{Title: v.T("forums.title"), Path: "/forums"}, {Title: v.Text(f.Title), Path: f.Ref().Path}}
	return web.Render(w, r, http.StatusOK, devicePage(v))
}

// dots is a code as one path of a picture, with a quiet border, and its width.
func dots(text string) (size int, path string, err error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return 0, "", err
	}
	const border = 4
	var b strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				b.WriteString("M" + strconv.Itoa(x+border) + " " + strconv.Itoa(y+border) + "h1v1h-1z")
			}
		}
	}
	return code.Size + 2*border, b.String(), nil
}

// openDevice gives the device that holds the link its key and its list, once.
func (h *Pages) openDevice(w http.ResponseWriter, r *http.Request) error {
	_, key, err := h.Forums.OpenDevice(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	list, err := h.list(r, key)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return web.JSON(w, r, opened{Key: key, List: list})
}

// opened is what a device gets when it is opened.
type opened struct {
	Key  string   `json:"key"`
	List *carried `json:"list"`
}

// carried is what a device takes along.
type carried struct {
	Forum    ref.ID    `json:"forum"`
	Title    i18n.Text `json:"title"`
	Device   ref.ID    `json:"device"`
	Name     string    `json:"name"`
	Made     int64     `json:"made"` // milliseconds
	Mark     string    `json:"mark"`
	Sessions []meeting `json:"sessions"`
	// People are hash, initials, what they take part as, when they entered (0 before)
	// and the bounded sessions in which they have a place.
	People [][]any `json:"people"`
}

// meeting is a session as the door asks for it.
type meeting struct {
	ID      ref.ID    `json:"id"`
	Title   i18n.Text `json:"title"`
	Starts  int64     `json:"starts"` // 0 while no hour is set
	Bounded bool      `json:"bounded"`
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func (h *Pages) list(r *http.Request, key string) (*carried, error) {
	l, err := h.Forums.DoorList(r.Context(), key)
	if err != nil {
		return nil, err
	}
	c := &carried{Forum: l.Forum.ID, Title: l.Forum.Title, Device: l.Device.ID, Name: l.Device.Name, Sessions: []meeting{}, People: [][]any{}}
	for _, o := range l.Sessions {
		if o.Kind != forums.Break {
			c.Sessions = append(c.Sessions, meeting{o.ID, o.Title, millis(o.Starts.Time), o.Bounded()})
		}
	}
	for _, x := range l.People {
		seats := []string{}
		for _, id := range x.Seats {
			seats = append(seats, id.String())
		}
		c.People = append(c.People, []any{x.Hash, x.Initials, x.Kind, millis(x.Entered.Time), seats})
	}
	b, err := json.Marshal(c)
	sum := sha256.Sum256(b)
	c.Mark, c.Made = hex.EncodeToString(sum[:8]), web.Now(r).UnixMilli()
	return c, err
}

// delivery is what a device brings.
type delivery struct {
	Now   int64 `json:"now"` // milliseconds by its clock
	Scans []struct {
		Seq     int64  `json:"seq"`
		At      int64  `json:"at"`
		Session string `json:"session"`
		Code    string `json:"code"`
		Walk    *struct {
			Name string       `json:"name"`
			Org  string       `json:"org"`
			Kind forums.Group `json:"kind"`
		} `json:"walk"`
	} `json:"scans"`
	// Mark is that of the list that the device has; where it asks, it gets a newer one.
	Mark string `json:"mark"`
	Ask  bool   `json:"ask"`
}

// receipt is what the portal says to a delivery.
type receipt struct {
	Answers []said   `json:"answers"`
	List    *carried `json:"list"` // null where the device has the newest
}

// said is the answer to one scan.
type said struct {
	Seq       int64          `json:"seq"`
	Outcome   forums.Outcome `json:"outcome"`
	Who       string         `json:"who"`
	Kind      forums.Group   `json:"kind"`
	Code      string         `json:"code"`
	First     int64          `json:"first"`
	Device    string         `json:"device"`
	Placeless bool           `json:"placeless"`
}

// bring takes what a device has read. It speaks by its key and by nothing else.
func (h *Pages) bring(w http.ResponseWriter, r *http.Request) error {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return problem.New(problem.Unauthenticated, "forums.device_unknown")
	}
	var d delivery
	if err := json.NewDecoder(r.Body).Decode(&d); err != nil {
		return problem.Wrap(err, problem.Invalid, "form.unreadable")
	}
	b := forums.Batch{Now: time.UnixMilli(d.Now)}
	for _, x := range d.Scans {
		session, _ := ref.ParseID(x.Session)
		one := forums.Reading{Seq: x.Seq, At: time.UnixMilli(x.At), SessionID: session, Code: x.Code}
		if x.Walk != nil {
			one.Newcomer = &forums.Newcomer{Name: x.Walk.Name, Org: x.Walk.Org, Kind: x.Walk.Kind}
		}
		b.Readings = append(b.Readings, one)
	}
	_, answers, err := h.Forums.Merge(r.Context(), key, b)
	if err != nil {
		return err
	}
	out := receipt{Answers: []said{}}
	for _, a := range answers {
		out.Answers = append(out.Answers, said{a.Seq, a.Outcome, a.Who, a.Kind, a.Code, millis(a.FirstAt.Time), a.FirstDevice, a.Placeless})
	}
	if d.Ask {
		list, err := h.list(r, key)
		if err != nil {
			return err
		}
		if list.Mark != d.Mark {
			out.List = list
		}
	}
	return web.JSON(w, r, out)
}

// doorApp is the page that a device keeps: the same for every forum, without anything
// of one.
func (h *Pages) doorApp(w http.ResponseWriter, r *http.Request) error {
	p := ui.PageOf(r, web.Words(r).T("forums.door"))
	p.NoIndex = true
	return web.Render(w, r, http.StatusOK, appPage(p))
}

// appWords are what the script says.
func appWords(p ui.Page) string {
	words := map[string]string{}
	for _, o := range []forums.Outcome{forums.Entered, forums.Again, forums.Revoked, forums.Unknown, forums.Reused} {
		words[string(o)] = p.T(o.Key())
	}
	for _, g := range forums.Groups {
		words["kind."+string(g)] = p.T("forums.who." + string(g))
	}
	for name, key := range map[string]string{"before": "forums.app.before", "here": "forums.app.here", "not_listed": "forums.app.not_listed", "placeless": "forums.placeless", "waiting": "forums.app.waiting",
		"all_sent": "forums.app.all_sent", "offline": "forums.app.offline", "closed": "forums.device_closed", "list_of": "forums.app.list_of", "code_is": "forums.app.code_is", "camera_off": "forums.app.camera_off",
		"camera_on": "forums.app.camera", "no_camera": "forums.app.no_camera", "no_storage": "forums.app.no_storage", "insecure": "forums.app.insecure", "unsent": "forums.app.unsent", "not_a_code": "forums.app.not_a_code",
		"taken_before": "forums.app.taken_before", "gone": "forums.app.gone"} {
		words[name] = p.T(key)
	}
	b, _ := json.Marshal(words) // texts: cannot fail
	return string(b)
}
