package forums

import (
	"context"
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// Attendance is how many people came to a forum, each counted once.
type Attendance struct {
	Admitted int64 // who have a seat or came without one
	Came     int64 // who entered the forum or one of its sessions
	WalkIns  int64 // of those, who had not registered
	// ByGroup counts those who came by what they take part as; BySession those who
	// entered a session.
	ByGroup   map[Group]int64
	BySession map[ref.ID]int64
	Rural     int64
	Young     int64
}

// AttendanceOf counts who came to a forum.
func AttendanceOf(ctx context.Context, tx *db.Tx, forum ref.ID) (a Attendance, err error) {
	people, err := registrationsIn(ctx, tx, forum, "")
	if err != nil {
		return a, err
	}
	scans, err := enteredOf(ctx, tx, forum)
	if err != nil {
		return a, err
	}
	return attendance(people, scans), nil
}

// attendance counts people by the scans by which they entered.
func attendance(people []Registration, scans []Scan) Attendance {
	a := Attendance{ByGroup: map[Group]int64{}, BySession: map[ref.ID]int64{}}
	came := map[ref.ID]bool{}
	for _, x := range scans {
		came[x.RegistrationID] = true
		if x.SessionID != 0 {
			a.BySession[x.SessionID]++
		}
	}
	one := map[bool]int64{true: 1}
	for _, x := range people {
		a.Admitted += one[x.State == Admitted]
		if !came[x.ID] {
			continue
		}
		a.Came++
		a.ByGroup[x.Kind]++
		a.WalkIns += one[x.WalkIn]
		a.Rural += one[x.Rural]
		a.Young += one[x.Young]
	}
	return a
}

// flagsShown is how many scans that need a look the page of the door shows.
const flagsShown = 50

// Flag is a scan that counted nobody.
type Flag struct {
	Scan   Scan
	Device string // "" for a page of the portal
	Who    string // initials, "" where nobody's
	First  Scan   // by which the person had entered before, zero for none
	// FirstDevice is where that was.
	FirstDevice string
}

// AtDoor is a device with what it has brought.
type AtDoor struct {
	Device
	Brought int64
	Last    db.Time // when it last brought something; zero for never
}

// Door is what those who work at the door see.
type Door struct {
	Forum    Forum
	Sessions []Session
	Attendance
	Devices []AtDoor
	Flags   []Flag
	// Keeps tells that the reader keeps the forum, beside working at its door.
	Keeps bool
}

// Door gives the numbers of the door as they are.
func (s *Service) Door(ctx context.Context, by access.Actor, forum ref.ID) (d Door, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		d = Door{}
		if d.Forum, _, err = s.atDoor(ctx, tx, by, forum); err != nil {
			return err
		}
		d.Keeps = s.MayKeep(by, d.Forum)
		if d.Sessions, err = SessionsOf(ctx, tx, forum); err != nil {
			return err
		}
		d.Sessions = slices.DeleteFunc(d.Sessions, func(o Session) bool { return o.Kind == Break })
		if d.Attendance, err = AttendanceOf(ctx, tx, forum); err != nil {
			return err
		}
		if err := d.readDevices(ctx, tx); err != nil {
			return err
		}
		return d.readFlags(ctx, tx)
	})
	return d, err
}

func (d *Door) readDevices(ctx context.Context, tx *db.Tx) error {
	list, err := devicesOf(ctx, tx, d.Forum.ID)
	if err != nil {
		return err
	}
	all, err := broughtBy(ctx, tx, d.Forum.ID)
	for _, x := range list {
		at := AtDoor{Device: x}
		for _, b := range all {
			if b.device == x.ID {
				at.Brought, at.Last = b.n, b.last
			}
		}
		d.Devices = append(d.Devices, at)
	}
	return err
}

func (d *Door) readFlags(ctx context.Context, tx *db.Tx) error {
	list, err := scansOf(ctx, tx, d.Forum.ID, flagsShown, string(Again), string(Revoked), string(Unknown))
	if err != nil {
		return err
	}
	var ids []ref.ID
	for _, x := range list {
		if x.RegistrationID != 0 {
			ids = append(ids, x.RegistrationID)
		}
	}
	people, err := registrationsByID(ctx, tx, ids)
	if err != nil {
		return err
	}
	entered, err := enteredBefore(ctx, tx, ids)
	for _, x := range list {
		f := Flag{Scan: x, Device: d.deviceName(x.DeviceID), Who: Initials(people[x.RegistrationID].Name)}
		if x.Outcome == Again {
			f.First = entered[x.place()]
			f.FirstDevice = d.deviceName(f.First.DeviceID)
		}
		d.Flags = append(d.Flags, f)
	}
	return err
}

func (d *Door) deviceName(id ref.ID) string {
	i := slices.IndexFunc(d.Devices, func(x AtDoor) bool { return x.ID == id })
	if i < 0 {
		return ""
	}
	return d.Devices[i].Name
}
