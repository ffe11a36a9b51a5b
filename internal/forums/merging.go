package forums

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// mostScans is how many scans a device brings at once.
const mostScans = 500

// Reading is a scan as a device has taken it down.
type Reading struct {
	Seq int64
	// At is when, by the clock of the device.
	At        time.Time
	SessionID ref.ID // 0 for the door of the forum
	Code      string
	// Newcomer is set for somebody who came without having registered; Code is then
	// what the device has given out, "" where it has given none.
	Newcomer *Newcomer
}

// Answer is what the portal says to one reading.
type Answer struct {
	Seq     int64
	Outcome Outcome
	// Who and Kind are of the bearer, as little as the door needs; Code is the
	// bearer's.
	Who  string
	Kind Group
	Code string
	// FirstAt and FirstDevice tell where and when somebody had entered before.
	FirstAt     db.Time
	FirstDevice string
	// Placeless tells that a session takes only some, and the bearer has no place.
	Placeless bool
}

// Batch is what a device brings.
type Batch struct {
	Now      time.Time // the clock of the device
	Readings []Reading
}

// place is where somebody entered.
type place struct{ registration, session ref.ID }

func (x Scan) place() place { return place{x.RegistrationID, x.SessionID} }

// Merge takes in what a device has read. Each reading is taken once, by its number,
// however often it is brought; somebody is counted once in the forum and once in
// each session, whichever devices read the badge.
func (s *Service) Merge(ctx context.Context, key string, b Batch) (d Device, out []Answer, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if d, err = s.device(ctx, tx, key); err != nil {
			return err
		}
		if len(b.Readings) > mostScans {
			return problem.New(problem.Invalid, "forums.too_many_scans", "most", mostScans)
		}
		f, err := byID(ctx, tx, d.ForumID)
		if err != nil {
			return err
		}
		m := merge{s: s, forum: f, device: d, as: access.Portal("forums"), now: b.Now}
		out, err = m.take(ctx, tx, b.Readings)
		return err
	})
	return d, out, err
}

// device finds the device that speaks by a key.
func (s *Service) device(ctx context.Context, tx *db.Tx, key string) (Device, error) {
	d, ok, err := deviceByKey(ctx, tx, hashOf(key))
	if err == nil && !ok {
		err = problem.New(problem.Unauthenticated, "forums.device_unknown")
	}
	if err == nil {
		err = d.speaks(tx.Now())
	}
	return d, err
}

// CheckIn lets somebody in who shows a code, on a page of the portal.
func (s *Service) CheckIn(ctx context.Context, by access.Actor, forum, session ref.ID, code string) (Answer, error) {
	return s.atDesk(ctx, by, forum, Reading{SessionID: session, Code: code})
}

// WalkIn registers somebody at the door and lets him in.
func (s *Service) WalkIn(ctx context.Context, by access.Actor, forum, session ref.ID, n Newcomer, consent bool) (Answer, error) {
	var bad problem.Fields
	bad.Reject(strings.TrimSpace(n.Name) == "", "name", "form.required")
	bad.Reject(!slices.Contains(Groups, n.Kind), "kind", "form.required")
	bad.Reject(!consent, "consent", "forums.consent_missing")
	if err := bad.Err(); err != nil {
		return Answer{}, err
	}
	return s.atDesk(ctx, by, forum, Reading{SessionID: session, Newcomer: &n})
}

// atDesk takes a reading on a page of the portal.
func (s *Service) atDesk(ctx context.Context, by access.Actor, forum ref.ID, r Reading) (a Answer, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		f, as, err := s.atDoor(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		if err := s.knowsSession(ctx, tx, f, r.SessionID); err != nil {
			return err
		}
		r.Seq, r.At = int64(tx.NewID()), tx.Now()
		m := merge{s: s, forum: f, as: as, now: tx.Now()}
		list, err := m.take(ctx, tx, []Reading{r})
		if err == nil {
			a = list[0]
		}
		return err
	})
	return a, err
}

func (s *Service) knowsSession(ctx context.Context, tx *db.Tx, f Forum, session ref.ID) error {
	if session == 0 {
		return nil
	}
	o, err := sessionByID(ctx, tx, session)
	if err == nil && o.ForumID != f.ID {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	return err
}

// merge is readings while they are taken in.
type merge struct {
	s      *Service
	forum  Forum
	device Device // the zero device for a page of the portal
	as     access.Actor
	now    time.Time // by the clock of the device

	known    map[int64]Scan
	people   map[string]Registration
	entered  map[place]Scan
	sessions map[ref.ID]Session
	names    map[ref.ID]string // of devices
	fresh    []Scan
}

// take judges readings in the order of their numbers and stores those that are new.
func (m *merge) take(ctx context.Context, tx *db.Tx, list []Reading) (out []Answer, err error) {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Reading) int { return cmp.Compare(a.Seq, b.Seq) })
	if err := m.read(ctx, tx, list); err != nil {
		return nil, err
	}
	for _, r := range list {
		a, err := m.judge(ctx, tx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, m.store(ctx, tx)
}

// read loads everything that the readings are about.
func (m *merge) read(ctx context.Context, tx *db.Tx, list []Reading) (err error) {
	var seqs []int64
	var codes []string
	for _, r := range list {
		seqs = append(seqs, r.Seq)
		if code, ok := ReadCode(m.forum.ID, r.Code); ok {
			codes = append(codes, code)
		}
	}
	if m.known, err = scansOfDevice(ctx, tx, m.device.ID, seqs); err != nil {
		return err
	}
	for _, x := range m.known {
		codes = append(codes, x.Code)
	}
	if m.people, err = registrationsByCode(ctx, tx, m.forum.ID, codes); err != nil {
		return err
	}
	var ids []ref.ID
	for _, x := range m.people {
		ids = append(ids, x.ID)
	}
	if m.entered, err = enteredBefore(ctx, tx, ids); err != nil {
		return err
	}
	sessions, err := sessionsOf(ctx, tx, m.forum.ID)
	if err != nil {
		return err
	}
	m.sessions = map[ref.ID]Session{}
	for _, o := range sessions {
		m.sessions[o.ID] = o
	}
	devices, err := devicesOf(ctx, tx, m.forum.ID)
	m.names = map[ref.ID]string{}
	for _, d := range devices {
		m.names[d.ID] = d.Name
	}
	return err
}

// judge says what a reading is, and notes it when it is new.
func (m *merge) judge(ctx context.Context, tx *db.Tx, r Reading) (Answer, error) {
	if _, there := m.sessions[r.SessionID]; !there {
		r.SessionID = 0 // a session that was never there: the person is in the forum
	}
	code, isOurs := ReadCode(m.forum.ID, r.Code)
	if x, ok := m.known[r.Seq]; ok {
		if x.SessionID != r.SessionID || r.Newcomer == nil && x.Code != kept(code, r.Code, isOurs) {
			return Answer{Seq: r.Seq, Outcome: Reused}, nil
		}
		return m.answer(ctx, tx, x)
	}
	if r.Newcomer != nil && strings.TrimSpace(r.Newcomer.Name) != "" {
		x, err := m.newcomer(ctx, tx, r, code, isOurs)
		if err != nil {
			return Answer{}, err
		}
		code, isOurs = x.Code, true
	}
	x, known := m.people[code]
	known = known && isOurs
	scan := Scan{ID: tx.NewID(), Version: 1, ForumID: m.forum.ID, DeviceID: m.device.ID, Seq: r.Seq, SessionID: r.SessionID, Code: kept(code, r.Code, isOurs),
		At: db.At(mended(r.At, m.now, tx.Now(), m.device.Opened.Time)), Merged: db.At(tx.Now())}
	if known {
		scan.RegistrationID = x.ID
	}
	_, before := m.entered[scan.place()]
	if scan.Outcome = outcome(x, known, before); scan.Outcome == Entered {
		m.entered[scan.place()] = scan
	}
	m.known[r.Seq] = scan
	m.fresh = append(m.fresh, scan)
	return m.answer(ctx, tx, scan)
}

// longestCode is how much is kept of what is no code.
const longestCode = 40

// kept is the code as the scan keeps it: what was read, where it is no code.
func kept(code, read string, isCode bool) string {
	if isCode {
		return code
	}
	r := []rune(strings.ToValidUTF8(strings.ReplaceAll(strings.TrimSpace(read), "\x00", ""), ""))
	return string(r[:min(len(r), longestCode)])
}

// newcomer registers somebody who came without having registered, under the code that
// the device has given out while nobody else has it. He takes no seat of a quota.
func (m *merge) newcomer(ctx context.Context, tx *db.Tx, r Reading, code string, isCode bool) (Registration, error) {
	n := r.Newcomer.tidy()
	place, _ := m.s.Places.Tree().Place(m.forum.PlaceID)
	if _, taken := m.people[code]; !isCode || taken {
		code = secret(5)[:codeLength]
	}
	x := Registration{ID: tx.NewID(), Version: 1, ForumID: m.forum.ID, Code: code, Kind: n.Kind, PlaceID: place.ID, Rural: place.Rural, State: Admitted, WalkIn: true,
		RegisteredAt: db.At(tx.Now()), DecidedAt: db.At(tx.Now()), Private: Private{Name: n.Name, Org: n.Org, Needs: []Need{}}}
	m.people[code] = x
	if err := insertRegistration(ctx, tx, x, ""); err != nil {
		return x, err
	}
	return x, journal.Record(ctx, tx, m.as, "forums.people.walk_in", nil, x)
}

// answer says what a scan is to who stands at the door.
func (m *merge) answer(ctx context.Context, tx *db.Tx, x Scan) (Answer, error) {
	a := Answer{Seq: x.Seq, Outcome: x.Outcome, Code: x.Code}
	if x.RegistrationID == 0 {
		return a, nil
	}
	who := m.people[x.Code]
	a.Who, a.Kind = Initials(who.Name), who.Kind
	if first, ok := m.entered[x.place()]; ok && x.Outcome == Again {
		a.FirstAt, a.FirstDevice = first.At, m.names[first.DeviceID]
	}
	if o := m.sessions[x.SessionID]; o.Bounded() && x.Outcome == Entered {
		list, err := choicesOf(ctx, tx, x.RegistrationID)
		if err != nil {
			return a, err
		}
		a.Placeless = chosen(list, x.SessionID).State != Seated
	}
	return a, nil
}

// store keeps the new scans.
func (m *merge) store(ctx context.Context, tx *db.Tx) error {
	if len(m.fresh) == 0 {
		return nil
	}
	if err := insertScans(ctx, tx, m.fresh); err != nil {
		return err
	}
	pairs := make([]journal.Pair, len(m.fresh))
	for i, x := range m.fresh {
		pairs[i] = journal.Pair{After: x}
	}
	return journal.RecordMany(ctx, tx, m.as, "forums.door.scan", pairs)
}
