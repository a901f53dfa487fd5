//! Criterion with short settings.

use std::time::Duration;

use criterion::Criterion;

use crate::subjects::Subject;

/// Measures the time of each subject; the command line may choose some by name.
pub fn measure(subjects: &[Subject]) {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(50)
        .configure_from_args();
    for subject in subjects {
        criterion.bench_function(subject.name, |bencher| bencher.iter(&subject.run));
    }
    criterion.final_summary();
}
