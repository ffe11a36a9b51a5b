package forumsweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"birge/internal/forums"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/a-h/templ"
)

// furnishing is the form of a hall, an online room or a track.
type furnishing struct {
	ui.FormPage
	p    planView
	what string // "hall", "online", "track"; "" for one that is added
	path string
	now  url.Values // what it is now; nil for one that is added
}

// readFurnishing finds the room or the track that the address names; none for one that
// is added.
func (h *Pages) readFurnishing(r *http.Request) (f furnishing, id ref.ID, err error) {
	if f.p, err = h.readPlanning(r); err != nil {
		return f, 0, err
	}
	f.path = f.p.path("/plan/rooms")
	q := r.URL.Query()
	missing := problem.New(problem.NotFound, "problem.not_found")
	switch {
	case q.Has("room"):
		id, _ = ref.ParseID(q.Get("room"))
		i := slices.IndexFunc(f.p.Rooms, func(m forums.Room) bool { return m.ID == id })
		if i < 0 {
			return f, 0, missing
		}
		m := f.p.Rooms[i]
		f.what, f.path = "hall", f.path+"?room="+id.String()
		if m.Online {
			f.what = "online"
		}
		f.is(m.Name, m.Version)
		f.now.Set("link", m.Link)
		if m.Seats > 0 {
			f.now.Set("seats", strconv.FormatInt(m.Seats, 10))
		}
	case q.Has("track"):
		id, _ = ref.ParseID(q.Get("track"))
		i := slices.IndexFunc(f.p.Tracks, func(k forums.Track) bool { return k.ID == id })
		if i < 0 {
			return f, 0, missing
		}
		f.what, f.path = "track", f.path+"?track="+id.String()
		f.is(f.p.Tracks[i].Name, f.p.Tracks[i].Version)
	}
	return f, id, nil
}

// is takes down what the room or the track is now.
func (f *furnishing) is(name i18n.Text, version int64) {
	f.now = url.Values{"version": {strconv.FormatInt(version, 10)}}
	ui.PutTexts(f.now, "name", name)
}

func (h *Pages) roomForm(w http.ResponseWriter, r *http.Request) error {
	return h.showRoom(w, r, nil, nil)
}

func (h *Pages) showRoom(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	f, _, missing := h.readFurnishing(r)
	if missing != nil {
		return missing
	}
	title := "forums.add_room"
	if f.now != nil {
		title = "forums.edit_room"
	}
	if values == nil {
		values = url.Values{"what": {"hall"}}
		if f.now != nil {
			values = f.now
		}
	}
	return ui.ShowEdit(w, r, title, values, f.now, err, func(t ui.FormPage) templ.Component {
		f.FormPage = t
		return roomFields(f)
	})
}

// addRoom adds a room or a track, or changes the one that the address names.
func (h *Pages) addRoom(w http.ResponseWriter, r *http.Request) error {
	at, id, err := h.readFurnishing(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	m := forums.Room{ID: id, ForumID: at.p.Planning.Forum.ID, Name: f.Texts("name"), Seats: f.Int("seats"), Link: f.Line("link")}
	if err = f.Err(); err == nil {
		err = h.furnish(r, f, at, m)
	}
	if err != nil {
		return h.showRoom(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, at.p.path("/plan"), "forums.notice.saved")
}

func (h *Pages) furnish(r *http.Request, f *web.Form, at furnishing, m forums.Room) (err error) {
	ctx, by, drop := r.Context(), web.Actor(r), f.Line("do") == "drop"
	switch {
	case at.what == "track" && drop:
		err = h.Forums.DropTrack(ctx, by, m.ForumID, m.ID)
	case at.what == "track":
		err = h.Forums.EditTrack(ctx, by, m.ForumID, m.ID, f.Version(), m.Name)
	case at.what != "" && drop:
		err = h.Forums.DropRoom(ctx, by, m.ForumID, m.ID)
	case at.what != "":
		err = h.Forums.EditRoom(ctx, by, m.ForumID, f.Version(), m)
	case f.Line("what") == "track":
		_, err = h.Forums.AddTrack(ctx, by, m.ForumID, m.Name)
	default:
		m.Online = f.Line("what") == "online"
		_, err = h.Forums.AddRoom(ctx, by, m)
	}
	return err
}

// asks tells that the form asks for something of a kind of room.
func (f furnishing) asks(kinds ...string) bool { return f.what == "" || slices.Contains(kinds, f.what) }

func (f furnishing) whatRoom() ui.Field {
	x := f.Choose("what", "forums.what_room", f.Keyed("forums.what_room.", "hall", "online", "track"))
	x.Required = true
	return x
}
