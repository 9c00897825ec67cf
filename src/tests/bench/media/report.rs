//! What the bench says in the end.

use std::{
    fmt,
    time::{Duration, Instant},
};

use super::{camera::PACKETS_PER_SECOND, support::percentile, wire::Count};

/// A thread that is this busy does not see what comes when it comes.
const BUSY: f64 = 0.9;
/// A host that sends less than this share of what it means to is another stream than the one that is asked about.
const PACE: f64 = 0.9;
/// How many times as many viewers as another's ours is meant to serve for the same processor time.
const GOAL: f64 = 1.5;

/// One of the two moments between which is measured.
pub struct Moment {
    /// What the media server counts itself, if it is ours.
    pub count: Option<Count>,
    /// Processor time of the media server's process so far.
    pub cpu_seconds: f64,
    pub at: Instant,
    /// Packets of the host so far.
    pub sent: u64,
    /// Datagrams so far that the kernel did not take from this client.
    pub unsent: u64,
    /// Bytes that came to this client so far.
    pub received_bytes: u64,
    /// Processor time of the client's thread so far.
    pub thread: Duration,
}

/// See the module. Times are in microseconds, and ascend.
pub struct Report {
    /// Of the media server.
    pub name: String,
    pub viewers: usize,
    pub before: Moment,
    pub after: Moment,
    /// Packets that never came, of all viewers together.
    pub lost: u64,
    /// Viewers whose connection is gone.
    pub cut_off: usize,
    /// Datagrams for the viewers' ports that found them full; `None` where the kernel does not say.
    pub overrun_client: Option<u64>,
    /// The same for the media server's port.
    pub overrun_server: Option<u64>,
    pub unsent: u64,
    /// Of every packet that came, each once.
    pub delays: Vec<u64>,
    pub first_packets: Vec<u64>,
    pub first_pictures: Vec<u64>,
}

impl Report {
    /// Fails where a viewer missed something or the host was too slow, and says who is to blame for it.
    pub fn judge(&self) {
        let dropped = self.counted(|count| count.dropped).map_or_else(|| "an unknown number".to_owned(), |count| count.to_string());
        let in_port = self.overrun_server.map_or_else(|| "an unknown number".to_owned(), |count| count.to_string());
        let server = || format!("The media server threw away {dropped} on their way out; {in_port} found its port full.");
        let blame = self.client_behind().map_or_else(server, |_| "The client is to blame, as said above.".to_owned());
        assert!(self.lost == 0 && self.cut_off == 0, "{} packets were lost, {} viewers were cut off. {blame}", self.lost, self.cut_off);
        assert!(self.pace() >= PACE, "the host sent too little. {blame}");
    }

    /// How many times as much this one does for the same processor time as the other; in words.
    pub fn beside(&self, other: &Self) -> String {
        let times = self.packets_per_cpu_second() / other.packets_per_cpu_second();
        let verdict = if times >= GOAL { "reached" } else { "missed" };
        let whole = |report: &Self| {
            let is_whole = report.lost == 0 && report.cut_off == 0 && report.pace() >= PACE;
            if is_whole {
                String::new()
            } else {
                format!("\nNot every viewer of {} had everything: its figures flatter it, or the client was too slow.", report.name)
            }
        };
        let build = if cfg!(debug_assertions) { "\nThis build of ours is not optimised: the figures say nothing of it." } else { "" };
        format!(
            "{} beside {}: {:.0} and {:.0} viewers per core-second, {times:.2} times as many; packets {:.0} and {:.0}. The goal of {GOAL} times is {verdict}.\n\
             Compared: all processor time of each one's process, user and system, while the same client had the same number of viewers watch the same \
             stream for as long, at the same address.{}{}{build}",
            self.name,
            other.name,
            self.viewers_per_core(),
            other.viewers_per_core(),
            self.packets_per_cpu_second(),
            other.packets_per_cpu_second(),
            whole(self),
            whole(other),
        )
    }

    /// How it shows, if it does, that this side of the bench was too slow.
    fn client_behind(&self) -> Option<String> {
        let (overrun, unsent) = (self.overrun_client.unwrap_or(0), self.unsent - self.before.unsent);
        let (pace, share) = (self.pace() * 100.0, self.client_share() * 100.0);
        (overrun + unsent > 0 || self.pace() < PACE || self.client_share() > BUSY).then(|| {
            format!(
                "The client's one thread could not keep up: {overrun} packets found its ports full, {unsent} it could not send, its host sent \
                 {pace:.0} % of what it means to, it took {share:.0} % of a core. Its delays are in the figures. Ask for fewer --viewers."
            )
        })
    }

    // Of what the host means to send.
    fn pace(&self) -> f64 {
        self.sent() as f64 / (f64::from(PACKETS_PER_SECOND) * self.seconds())
    }

    fn sent(&self) -> u64 {
        self.after.sent - self.before.sent
    }

    fn seconds(&self) -> f64 {
        self.after.at.saturating_duration_since(self.before.at).as_secs_f64()
    }

    // Of one core.
    fn client_share(&self) -> f64 {
        (self.after.thread - self.before.thread).as_secs_f64() / self.seconds()
    }

    fn counted(&self, of: impl Fn(&Count) -> u64) -> Option<u64> {
        Some(of(self.after.count.as_ref()?) - of(self.before.count.as_ref()?))
    }

    // The kernel counts it in hundredths of a second.
    fn cpu_seconds(&self) -> f64 {
        (self.after.cpu_seconds - self.before.cpu_seconds).max(0.01)
    }

    fn packets_per_cpu_second(&self) -> f64 {
        self.delays.len() as f64 / self.cpu_seconds()
    }

    // Whoever loses packets needs more processor time for a whole viewer, not less.
    fn viewers_per_core(&self) -> f64 {
        self.packets_per_cpu_second() / (self.sent() as f64 / self.seconds())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, cpu) = (self.seconds(), self.cpu_seconds());
        let megabits = (self.after.received_bytes - self.before.received_bytes) as f64 * 8.0 / 1e6;
        // What one viewer gets in a second.
        let megabits_each = megabits / self.viewers as f64 / seconds;
        let ms = |times: &[u64], percent: usize| percentile(times, percent) as f64 / 1000.0;
        let spread = |times: &[u64]| format!("{:.1} / {:.1} ms", ms(times, 50), ms(times, 99));
        writeln!(f, "media server               {}", self.name)?;
        writeln!(f, "viewers                    {}", self.viewers)?;
        writeln!(f, "packets of the host        {} in {seconds:.1} s", self.sent())?;
        writeln!(f, "packets that came          {}", self.delays.len())?;
        writeln!(f, "lost                       {}", self.lost)?;
        if let Some(repeated) = self.counted(|count| count.repeated) {
            writeln!(f, "asked for again            {repeated}")?;
        }
        writeln!(f, "out                        {:.1} Mbit/s, {megabits_each:.2} Mbit/s for each viewer", megabits / seconds)?;
        writeln!(f, "CPU of the process         {cpu:.2} s, {:.0} % of a core", cpu / seconds * 100.0)?;
        if let (Some(before), Some(after)) = (&self.before.count, &self.after.count) {
            let thread = (after.cpu - before.cpu).as_secs_f64();
            writeln!(f, "CPU of its media thread    {thread:.2} s, {:.0} % of a core", thread / seconds * 100.0)?;
        }
        writeln!(f, "packets per core-second    {:.0}", self.packets_per_cpu_second())?;
        writeln!(f, "Mbit per core-second       {:.0}", megabits / cpu)?;
        writeln!(
            f,
            "viewers per core, derived  {:.0} at {megabits_each:.2} Mbit/s: packets per core-second / {:.0} packets a second of the host; not tried",
            self.viewers_per_core(),
            self.sent() as f64 / seconds
        )?;
        writeln!(f, "delay p50 / p99            {}", spread(&self.delays))?;
        writeln!(f, "join to first packet       {} (p50 / p99)", spread(&self.first_packets))?;
        writeln!(f, "join to first picture      {} (p50 / p99)", spread(&self.first_pictures))?;
        write!(f, "CPU of the client's thread {:.0} % of a core", self.client_share() * 100.0)?;
        match self.client_behind() {
            Some(behind) => write!(f, "\n{behind}"),
            None => Ok(()),
        }
    }
}
