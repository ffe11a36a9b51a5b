package forums

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/jobs"
	"birge/internal/platform/ref"
)

// RoomLetter gives somebody the links into the rooms of the sessions in which he takes
// part from afar.
type RoomLetter struct {
	Forum Forum
	To    string
	// Lang is the language of the registration; "" of who is on the programme, since
	// nobody knows which he reads.
	Lang  i18n.Lang
	Parts []OnlinePart // each with its link
}

// sendLinks writes to those for whom there is a link that they were not sent yet.
type sendLinks struct {
	Forum ref.ID `json:"forum"`
}

// JobKind names the job.
func (sendLinks) JobKind() string { return "forums.links" }

// Work has the runner do what this room puts in.
func (s *Service) Work(r *jobs.Runner) {
	jobs.Handle(r, func(ctx context.Context, j sendLinks) error { return s.SendLinks(ctx, j.Forum) })
}

// linksLater has the links of a forum sent after the transaction, where its programme
// was given out.
func (s *Service) linksLater(ctx context.Context, tx *db.Tx, f Forum) error {
	if s.Invite == nil || f.ProgrammeNo == 0 {
		return nil
	}
	return jobs.Enqueue(ctx, tx, sendLinks{f.ID}, jobs.Unique(f.ID.String()))
}

// mostLetters is how many letters one transaction writes.
const mostLetters = 200

// SendLinks writes to the speakers and moderators of the sessions that are held from
// afar, and to those admitted for whom they are, each link once. Whoever was sent one
// before gets the next when it changes.
func (s *Service) SendLinks(ctx context.Context, forum ref.ID) error {
	for {
		left := 0
		err := s.db.Update(ctx, func(tx *db.Tx) error {
			letters, err := s.unsent(ctx, tx, forum)
			if err != nil {
				return err
			}
			left = max(0, len(letters)-mostLetters)
			var marks [][]any
			for _, l := range letters[:len(letters)-left] {
				for _, p := range l.Parts {
					marks = append(marks, []any{forum, s.linkMark(l.To, p)})
				}
				if err := s.Invite(ctx, tx, l); err != nil {
					return err
				}
			}
			return db.InsertMany(ctx, tx, `INSERT INTO forum_room_letters (forum_id, mark)`, marks)
		})
		if err != nil || left == 0 {
			return err
		}
	}
}

// linkMark stands for a link that somebody was sent for a session.
func (s *Service) linkMark(to string, p OnlinePart) string {
	return hex.EncodeToString(s.MAC("forums.link", []byte(strings.ToLower(to)+"\n"+p.SessionID.String()+"\n"+p.Link)))
}

// unsent are the letters that are still to be written.
func (s *Service) unsent(ctx context.Context, tx *db.Tx, forum ref.ID) ([]RoomLetter, error) {
	f, err := byID(ctx, tx, forum)
	if err != nil || !f.Public() || f.Reported() {
		return nil, err
	}
	parts, err := joinable(ctx, tx, f)
	if err != nil || len(parts) == 0 {
		return nil, err
	}
	people, err := registrationsIn(ctx, tx, forum, Admitted)
	if err != nil {
		return nil, err
	}
	sent, err := db.All(ctx, tx, db.Value[string], `SELECT mark FROM forum_room_letters WHERE forum_id = $1`, forum)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, m := range sent {
		known[m] = true
	}
	byAddress := map[string]*RoomLetter{}
	add := func(to string, lang i18n.Lang, p OnlinePart) {
		key := strings.ToLower(to)
		if to == "" || known[s.linkMark(to, p)] {
			return
		}
		known[s.linkMark(to, p)] = true
		if byAddress[key] == nil {
			byAddress[key] = &RoomLetter{Forum: f, To: to, Lang: lang}
		}
		byAddress[key].Parts = append(byAddress[key].Parts, p)
	}
	for _, part := range parts {
		if !part.session.Ends.IsZero() && !part.session.Ends.After(tx.Now()) {
			continue // it is over
		}
		for _, x := range people {
			if !part.session.Bounded() || slices.Contains(part.seated, x.ID) {
				add(x.Email, x.Lang, part.OnlinePart)
			}
		}
		for _, p := range part.session.People {
			add(p.Email, "", part.OnlinePart)
		}
	}
	var out []RoomLetter
	for _, l := range byAddress {
		out = append(out, *l)
	}
	slices.SortFunc(out, func(a, b RoomLetter) int { return cmp.Compare(a.To, b.To) })
	return out, nil
}

// joining is a session with a link and those who have a place in it.
type joining struct {
	OnlinePart
	session Session
	seated  []ref.ID // of a session with places
}

// joinable are the sessions of the newest programme that have a link. What was planned
// since waits for the next release, and so do its people.
func joinable(ctx context.Context, tx *db.Tx, f Forum) (out []joining, err error) {
	released, err := releasesOf(ctx, tx, f.ID)
	if err != nil || len(released) == 0 {
		return nil, err
	}
	sessions, err := SessionsOf(ctx, tx, f.ID)
	if err != nil {
		return nil, err
	}
	rooms, err := roomsOf(ctx, tx, f.ID)
	if err != nil {
		return nil, err
	}
	for _, slot := range released[0].Slots {
		i := slices.IndexFunc(sessions, func(x Session) bool { return x.ID == slot.SessionID && x.Version == slot.Version })
		if i < 0 {
			continue
		}
		at := slices.IndexFunc(rooms, func(m Room) bool { return m.ID == sessions[i].RoomID && m.Link != "" })
		if at < 0 {
			continue
		}
		x := joining{OnlinePart: OnlinePart{Slot: slot, Link: rooms[at].Link}, session: sessions[i]}
		if x.session.Bounded() {
			list, err := choicesIn(ctx, tx, x.session.ID, Seated)
			if err != nil {
				return nil, err
			}
			for _, c := range list {
				x.seated = append(x.seated, c.RegistrationID)
			}
		}
		out = append(out, x)
	}
	return out, nil
}
