package forums

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// atDoor reads a forum for who works at its door, with the actor in the role that
// allows it: the organizer's side, and those who work for the organizer.
func (s *Service) atDoor(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (Forum, access.Actor, error) {
	f, as, err := s.kept(ctx, tx, by, id)
	if problem.Is(err, problem.Forbidden) && !f.Reported() && by.WorksFor(f.OrganizerID) {
		return f, by.As(access.Staff, f.OrganizerID), nil
	}
	return f, as, err
}

// AddDevice prepares a device for the door and gives the secret end of the link by
// which it is opened, once.
func (s *Service) AddDevice(ctx context.Context, by access.Actor, forum ref.ID, name string) (d Device, link string, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		f, as, err := s.atDoor(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		name = strings.TrimSpace(name)
		var bad problem.Fields
		bad.Reject(name == "", "name", "form.required")
		bad.Reject(len([]rune(name)) > longestName, "name", "forums.text_too_long", "most", longestName)
		if err := bad.Err(); err != nil {
			return err
		}
		if f.last().IsZero() {
			return problem.New(problem.Conflict, "forums.day_first")
		}
		link = secret(16)
		d = Device{ID: tx.NewID(), Version: 1, ForumID: forum, Name: name, Until: db.At(f.last().AddDays(keepKeys).In(s.Zone))}
		if err := d.speaks(tx.Now()); err != nil {
			return problem.New(problem.Conflict, "forums.forum_over")
		}
		if err := insertDevice(ctx, tx, d, hashOf(link)); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "forums.door.prepare", nil, d)
	})
	return d, link, err
}

// Prepared gives the device that a link opens, with its forum.
func (s *Service) Prepared(ctx context.Context, link string) (d Device, f Forum, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if d, err = deviceByLink(ctx, tx, hashOf(link)); err != nil {
			return err
		}
		if err := d.speaks(tx.Now()); err != nil {
			return err
		}
		f, err = byID(ctx, tx, d.ForumID)
		return err
	})
	return d, f, err
}

// OpenDevice opens a device by its link, which leads nowhere from then on, and gives
// the key by which it speaks.
func (s *Service) OpenDevice(ctx context.Context, link string) (d Device, key string, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if d, err = deviceByLink(ctx, tx, hashOf(link)); err != nil {
			return err
		}
		if err := d.speaks(tx.Now()); err != nil {
			return err
		}
		before := d
		key = secret(16)
		d.Opened = db.At(tx.Now())
		d.Version++
		if err := updateDevice(ctx, tx, d, hashOf(key)); err != nil {
			return err
		}
		return journal.Record(ctx, tx, access.Portal("forums"), "forums.door.open", before, d)
	})
	return d, key, err
}

// CloseDevice ends a device: its link and its key lead nowhere. What it has not
// brought by then is lost, so it is for a device that is lost itself.
func (s *Service) CloseDevice(ctx context.Context, by access.Actor, forum, id ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, as, err := s.atDoor(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		d, err := deviceByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if d.ForumID != forum || !d.Closed.IsZero() {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		before := d
		d.Closed = db.At(tx.Now())
		d.Version++
		if err := updateDevice(ctx, tx, d, ""); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "forums.door.close", before, d)
	})
}

// DoorList is what a device takes along: enough to tell who may come in, and no name,
// address or code. Mark is what it is compared by.
type DoorList struct {
	Forum    Forum
	Device   Device
	Sessions []Session
	People   []Listed
	Mark     string
}

// Listed is one who is admitted.
type Listed struct {
	Hash     string // of the code, with the id of the device before it
	Initials string
	Kind     Group
	// Seats are the bounded sessions in which the person has a place; Entered is
	// when the person entered the forum, zero before.
	Seats   []ref.ID
	Entered db.Time
}

// ListHash is how a code stands on the list of a device.
func ListHash(device ref.ID, code string) string {
	sum := sha256.Sum256([]byte(device.String() + ":" + code))
	return hex.EncodeToString(sum[:12])
}

// DoorList gives a device what it takes along.
func (s *Service) DoorList(ctx context.Context, key string) (l DoorList, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		l = DoorList{}
		if l.Device, err = s.device(ctx, tx, key); err != nil {
			return err
		}
		if l.Forum, err = byID(ctx, tx, l.Device.ForumID); err != nil {
			return err
		}
		if l.Sessions, err = SessionsOf(ctx, tx, l.Forum.ID); err != nil {
			return err
		}
		return l.fill(ctx, tx)
	})
	return l, err
}

func (l *DoorList) fill(ctx context.Context, tx *db.Tx) error {
	seats := map[ref.ID][]ref.ID{}
	for _, o := range l.Sessions {
		if !o.Bounded() {
			continue
		}
		list, err := choicesIn(ctx, tx, o.ID, Seated)
		if err != nil {
			return err
		}
		for _, c := range list {
			seats[c.RegistrationID] = append(seats[c.RegistrationID], o.ID)
		}
	}
	scans, err := enteredOf(ctx, tx, l.Forum.ID)
	if err != nil {
		return err
	}
	entered := map[ref.ID]db.Time{}
	for _, x := range scans {
		if x.SessionID == 0 {
			entered[x.RegistrationID] = x.At
		}
	}
	people, err := registrationsIn(ctx, tx, l.Forum.ID, Admitted)
	for _, x := range people {
		l.People = append(l.People, Listed{Hash: ListHash(l.Device.ID, x.Code), Initials: Initials(x.Name), Kind: x.Kind, Seats: seats[x.ID], Entered: entered[x.ID]})
	}
	return err
}

// doorKinds tells the journal how to read the rows of the door.
func doorKinds() []journal.Kind {
	return []journal.Kind{
		{Name: KindDevice, Example: Device{}, Rows: journal.RowsOf(scanDevice, `SELECT `+deviceColumns+` FROM forum_devices ORDER BY id`)},
		{Name: KindScan, Example: Scan{}, Rows: journal.RowsOf(scanScan, `SELECT `+scanColumns+` FROM forum_scans ORDER BY id`)},
	}
}
